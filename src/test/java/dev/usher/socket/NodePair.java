package dev.usher.socket;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.usher.presence.PatientPresence;
import dev.usher.presence.Presence;
import dev.usher.testing.Await;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;

import org.springframework.jdbc.core.JdbcTemplate;

/** Two gateways on a fresh database and a Redis of their own, which count together. */
final class NodePair implements AutoCloseable {

	private final String database = Postgres.newMigratedDatabase();

	private final String[] properties;

	final RedisServer redis = RedisServer.start();

	final TestGateway one;

	final TestGateway other;

	NodePair(String... properties) {
		this.properties = properties;
		this.one = node("one");
		this.other = node("other");
		awaitCounting(this.one);
		awaitCounting(this.other);
	}

	/** One more. */
	TestGateway node(String name) {
		List<String> all = new ArrayList<>(
				List.of("usher.cluster.node=" + name, "spring.datasource.url=" + this.database, "usher.inbox.lease=5s",
						"usher.drain=0s", "usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
						"spring.datasource.hikari.connection-timeout=5000", "usher.connect.timeout=60s",
						"usher.cluster.blind-after=60s"));
		all.addAll(List.of(this.properties));
		return TestGateway.with(PatientPresence.class, this.redis.properties(all.toArray(String[]::new)));
	}

	static void awaitCounting(TestGateway node) {
		Await.within(60, () -> node.bean(Presence.class).reserves());
	}

	/** What comes of a connect: CONNECTED, or the code of the refusal. */
	static String connect(TestGateway node, String user, List<StompClient> opened) {
		StompClient client = node.open();
		opened.add(client);
		StompFrame answer = client.sendConnect(node.token(user)).read();
		return answer.command().equals("ERROR") ? String.valueOf(answer.header("code")) : answer.command();
	}

	/** Rows of a user's connections. */
	int rows(String user) {
		return rows(this.one, user);
	}

	static int rows(TestGateway node, String user) {
		return Objects.requireNonNull(node.bean(JdbcTemplate.class)
			.queryForObject("SELECT count(*) FROM connections WHERE username = ?", Integer.class, user));
	}

	/**
	 * Has everybody wait who wants to read or write rows of connections, until closed.
	 */
	Connection holdRows() throws SQLException {
		Connection connection = DriverManager.getConnection(this.database);
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement()) {
			statement.execute("LOCK TABLE connections IN ACCESS EXCLUSIVE MODE");
		}
		return connection;
	}

	/** The database answers nobody until it is let back. */
	void away() {
		Postgres.sendAway(name());
	}

	void back() {
		Postgres.letBack(name());
	}

	private String name() {
		String path = this.database.substring(0, (this.database + "?").indexOf('?'));
		return path.substring(path.lastIndexOf('/') + 1);
	}

	@Override
	public void close() {
		this.other.close();
		this.one.close();
		this.redis.close();
	}

}
