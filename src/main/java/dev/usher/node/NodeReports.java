package dev.usher.node;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What nodes say of themselves in their rows, and which are to drain. Every time in it is
 * the database's. Any thread may call; blocks for the database.
 */
final class NodeReports {

	/** A node that was not seen for so long will not come back as the same. */
	private static final Duration KEPT = Duration.ofDays(1);

	private static final String ALL = """
			SELECT %s AS now_ms, n.incarnation, n.name, n.version, n.lanes, n.lease_until, n.started_at,
			  n.reported_at, n.ready, n.draining, n.blind, n.bus, n.clock_skew, n.connections, d.asked_at
			FROM nodes n LEFT JOIN node_drains d ON d.incarnation = n.incarnation
			ORDER BY n.name, n.incarnation
			""".formatted(NodeTable.NOW);

	private static final String EARLIER = "SELECT node, lease_until, %s AS now_ms FROM inbox_nodes ORDER BY node"
		.formatted(NodeTable.NOW);

	private final JdbcClient client;

	NodeReports(JdbcTemplate template) {
		this.client = JdbcClient.create(template);
	}

	/**
	 * Writes what a node says of itself.
	 * @param age for how long it has been running
	 * @return false where it has no row now
	 */
	boolean write(String id, NodeReport report, Duration age) {
		return this.client
			.sql("UPDATE nodes SET started_at = COALESCE(started_at, " + NodeTable.NOW + " - ?), reported_at = "
					+ NodeTable.NOW + ", ready = ?, draining = ?, blind = ?, bus = ?, clock_skew = ?, connections = ? "
					+ "WHERE incarnation = ?")
			.params(age.toMillis(), report.ready(), report.draining(), report.blind(), report.bus(), report.clockSkew(),
					report.connections(), id)
			.update() == 1;
	}

	/** Asks a node to drain; asking again changes nothing. */
	void askToDrain(String id) {
		this.client
			.sql("DELETE FROM node_drains WHERE asked_at < " + NodeTable.NOW + " - ? AND NOT EXISTS "
					+ "(SELECT 1 FROM nodes n WHERE n.incarnation = node_drains.incarnation)")
			.param(KEPT.toMillis())
			.update();
		try {
			this.client.sql("INSERT INTO node_drains (incarnation, asked_at) VALUES (?, " + NodeTable.NOW + ")")
				.param(id)
				.update();
		}
		catch (DuplicateKeyException ex) {
			// It was asked before.
		}
	}

	/** Whether a node was asked to drain. */
	boolean isAskedToDrain(String id) {
		return this.client.sql("SELECT COUNT(*) FROM node_drains WHERE incarnation = ?")
			.param(id)
			.query(Integer.class)
			.single() > 0;
	}

	/** All nodes that have a row, by their names. */
	List<Row> all() {
		List<Row> all = new ArrayList<>(this.client.sql(ALL).query(NodeReports::read).list());
		this.client.sql(EARLIER).query((row) -> {
			String node = row.getString("node");
			Member member = new Member(node, node, "", Member.EARLIER, row.getLong("lease_until"), false);
			all.add(new Row(member, row.getLong("lease_until") >= row.getLong("now_ms"), null, null, null, false));
		});
		return all;
	}

	private static Row read(ResultSet row, int number) throws SQLException {
		Member member = new Member(row.getString("incarnation"), row.getString("name"), row.getString("version"),
				row.getInt("lanes"), row.getLong("lease_until"), row.getBoolean("draining"));
		Long reportedAt = row.getObject("reported_at", Long.class);
		NodeReport report = (reportedAt != null) ? report(row) : null;
		return new Row(member, member.leaseUntil() >= row.getLong("now_ms"), row.getObject("started_at", Long.class),
				reportedAt, report, row.getObject("asked_at", Long.class) != null);
	}

	private static NodeReport report(ResultSet row) throws SQLException {
		return new NodeReport(row.getBoolean("ready"), row.getBoolean("draining"), row.getBoolean("blind"),
				row.getString("bus"), row.getLong("clock_skew"), row.getInt("connections"));
	}

	/**
	 * A node as the database has it.
	 *
	 * @param member who it is
	 * @param alive whether its lease is not over
	 * @param startedAt when it started, epoch milliseconds, or null where it does not say
	 * @param reportedAt when it said so, or null where it has not yet or never does
	 * @param report what it says of itself, or null likewise
	 * @param askedToDrain whether it was asked to drain
	 */
	record Row(Member member, boolean alive, @Nullable Long startedAt, @Nullable Long reportedAt,
			@Nullable NodeReport report, boolean askedToDrain) {

	}

}
