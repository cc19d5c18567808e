package dev.usher.node;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.Assert;

/**
 * The rows of nodes. Every time in it is the database's.
 */
final class NodeTable {

	static final String NOW = "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000 AS BIGINT)";

	/** In the other table are nodes of the release before this one. */
	private static final String LOOK = """
			SELECT t.now_ms, n.incarnation, n.name, n.version, n.lanes, n.lease_until, n.draining
			FROM (SELECT %s AS now_ms) t LEFT JOIN (
			  SELECT incarnation, name, version, lanes, lease_until, draining FROM nodes
			  UNION ALL SELECT node, node, '', -1, lease_until, FALSE FROM inbox_nodes) n ON TRUE
			""".formatted(NOW);

	private final JdbcTemplate template;

	private final JdbcClient client;

	private final TransactionTemplate transactions;

	NodeTable(JdbcTemplate template) {
		DataSource dataSource = template.getDataSource();
		Assert.state(dataSource != null, "A data source is needed");
		this.template = template;
		this.client = JdbcClient.create(template);
		this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
	}

	/** Whether the database lives in this process, so that no other node can use it. */
	boolean embedded() {
		String url = this.template
			.execute((ConnectionCallback<String>) (connection) -> connection.getMetaData().getURL());
		return url != null && url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:h2:tcp:")
				&& !url.startsWith("jdbc:h2:ssl:");
	}

	/**
	 * Runs in one transaction, whose statements fail when they are not answered in time:
	 * who renews too late has lost its lease.
	 */
	<T> T transaction(Duration patience, Supplier<T> work) {
		T result = this.transactions.execute((status) -> {
			this.template.execute((ConnectionCallback<Void>) (connection) -> limit(connection, patience));
			return work.get();
		});
		Assert.state(result != null, "Work has a result");
		return result;
	}

	@SuppressWarnings("NullAway")
	private static Void limit(Connection connection, Duration patience) throws SQLException {
		// The pool takes it back when the connection returns.
		connection.setNetworkTimeout(Runnable::run, (int) patience.toMillis());
		return null;
	}

	/** Has nodes that start do so one at a time. */
	void lock() {
		this.client.sql("SELECT lowest_version FROM schema_release FOR UPDATE").query(Integer.class).list();
	}

	/** All nodes that have a row, and the time. */
	View look() {
		List<Member> members = new ArrayList<>();
		long[] now = new long[1];
		this.client.sql(LOOK).query((row) -> {
			now[0] = row.getLong("now_ms");
			String id = row.getString("incarnation");
			if (id != null) {
				members.add(new Member(id, row.getString("name"), row.getString("version"), row.getInt("lanes"),
						row.getLong("lease_until"), row.getBoolean("draining")));
			}
		});
		return new View(now[0], List.copyOf(members));
	}

	/** Whether the node had a row. */
	boolean renew(String id, Duration lease) {
		return this.client.sql("UPDATE nodes SET lease_until = " + NOW + " + ? WHERE incarnation = ?")
			.params(lease.toMillis(), id)
			.update() == 1;
	}

	void insert(Member node, FrameVersions wire, Duration lease) {
		this.client
			.sql("INSERT INTO nodes (incarnation, name, version, wire_min, wire_max, lanes, lease_until) "
					+ "VALUES (?, ?, ?, ?, ?, ?, " + NOW + " + ?)")
			.params(node.id(), node.name(), node.version(), wire.min(), wire.max(), node.lanes(), lease.toMillis())
			.update();
	}

	/** Removes a node whose lease is over; answers whether it still was. */
	boolean removeLapsed(String id) {
		int removed = this.client.sql("DELETE FROM nodes WHERE incarnation = ? AND lease_until < " + NOW)
			.param(id)
			.update();
		return removed + this.client.sql("DELETE FROM inbox_nodes WHERE node = ? AND lease_until < " + NOW)
			.param(id)
			.update() > 0;
	}

	void remove(String id) {
		this.client.sql("DELETE FROM nodes WHERE incarnation = ?").param(id).update();
	}

	/** For a database that no other node can use. */
	void removeAll() {
		this.client.sql("DELETE FROM nodes").update();
		this.client.sql("DELETE FROM inbox_nodes").update();
	}

	/**
	 * What was seen.
	 *
	 * @param now the database's time, epoch milliseconds
	 * @param members all that have a row, this node too
	 */
	record View(long now, List<Member> members) {

		List<Member> living() {
			return this.members.stream().filter((member) -> member.leaseUntil() >= this.now).toList();
		}

		List<Member> lapsed() {
			return this.members.stream().filter((member) -> member.leaseUntil() < this.now).toList();
		}

		Leases leases() {
			return new Leases(this.now,
					this.members.stream().collect(Collectors.toUnmodifiableMap(Member::id, Member::leaseUntil)));
		}

	}

	/** The versions of frames on the bus that are read. */
	record FrameVersions(int min, int max) {

	}

}
