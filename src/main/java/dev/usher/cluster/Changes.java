package dev.usher.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tells every node of what has changed, by a row. On the embedded database there is one
 * node and no row: whoever changes something tells this node anyway. Any thread may call;
 * blocks for the database.
 */
public final class Changes {

	/**
	 * How long a row is kept. A node that was not heard of for so long has lost its
	 * connections, and with them all it remembered.
	 */
	static final Duration KEPT = Duration.ofDays(1);

	/** The clock of the database, for the clocks of nodes may differ. */
	private static final String NOW = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

	private static final int BATCH = 10_000;

	private final JdbcTemplate template;

	private final boolean shared;

	/**
	 * @param template of the database that all nodes share; asked once what it is
	 */
	public Changes(JdbcTemplate template) {
		this.template = template;
		this.shared = Boolean.TRUE.equals(template.execute((ConnectionCallback<Boolean>) Changes::isPostgres));
	}

	private static boolean isPostgres(Connection connection) throws SQLException {
		return "PostgreSQL".equals(connection.getMetaData().getDatabaseProductName());
	}

	/** Whether other nodes can use this database. */
	public boolean shared() {
		return this.shared;
	}

	/**
	 * Tells of a change. To be called in the transaction that makes it: then the nodes
	 * hear of it when it is committed, and never of one that was rolled back.
	 */
	public void record(Change.Kind kind, String target) {
		if (this.shared) {
			this.template.update("INSERT INTO changes (kind, target, expires_at) VALUES (?, ?, " + NOW + " + ?)",
					kind.name(), target, KEPT.toMillis());
		}
	}

	/** Forgets what every node has heard long ago. */
	void forgetExpired() {
		int removed = BATCH;
		while (this.shared && removed == BATCH) {
			removed = this.template
				.update("DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE expires_at <= " + NOW
						+ " ORDER BY expires_at LIMIT ?)", BATCH);
		}
	}

}
