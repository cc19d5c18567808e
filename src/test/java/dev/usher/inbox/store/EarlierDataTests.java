package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.usher.inbox.store.Inboxes.await;
import static org.assertj.core.api.Assertions.assertThat;

/** What earlier versions have stored is taken over. */
class EarlierDataTests {

	private static final String LOG = "/user/alice/queue/in";

	/** The last version without publishers. */
	private static final String BEFORE = "6";

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource
	void storedMessagesWhenOfAnEarlierVersionThenAreReadWithoutForgedHeaders(Store store) throws SQLException {
		String url = before(store, (connection) -> {
			insertLog(connection);
			insert(connection, 1, "sender:admin\n\u00a0user-name:admin\nmine:x\n");
			insert(connection, 2, null);
		});
		try (TestDatabase database = TestDatabase.of(url)) {
			DatabaseInbox inbox = Inboxes.start(database, Clock.systemUTC());
			Recorder recorder = new Recorder();
			await(inbox.subscribe(Inboxes.after(Destination.forPublish(LOG), 0, "e1"), recorder)).request(2);
			assertThat(recorder.next().message().headers()).isEqualTo(Map.of("mine", "x"));
			assertThat(recorder.next().message().headers()).isEmpty();
			inbox.destroy();
		}
	}

	@ParameterizedTest
	@EnumSource
	void idsWhenOfAnEarlierVersionThenStillCountForWhoeverRepeatsThem(Store store) throws SQLException {
		long now = System.currentTimeMillis();
		String url = before(store, (connection) -> {
			insertLog(connection);
			insert(connection, 1, null);
			try (Statement statement = connection.createStatement()) {
				statement.execute("INSERT INTO inbox_ids VALUES ('1:order:1', 1, " + (now + 3_600_000) + ")");
				statement.execute("INSERT INTO inbox_ids VALUES ('1:old', 1, " + (now - 1) + ")");
			}
		});
		try (TestDatabase database = TestDatabase.of(url)) {
			DatabaseInbox inbox = Inboxes.start(database, Clock.systemUTC());
			for (String publisher : List.of("ann", "bob")) {
				Appended again = await(inbox.append(draft(publisher, "order:1")));
				assertThat(again.duplicate()).isTrue();
				assertThat(again.offset()).isEqualTo(1);
			}
			assertThat(await(inbox.append(draft("ann", "old"))).offset()).isEqualTo(2);
			assertThat(await(inbox.append(draft("bob", "old"))).offset()).isEqualTo(3);
			inbox.destroy();
		}
	}

	@ParameterizedTest
	@EnumSource
	void logsWhenOfAnEarlierVersionThenTheirBytesCountAndNobodyIsChargedForThem(Store store) throws SQLException {
		String url = before(store, (connection) -> {
			insertLog(connection);
			insert(connection, 1, "mood:\ud83d\ude00\n");
			insert(connection, 2, null);
		});
		try (TestDatabase database = TestDatabase.of(url)) {
			DatabaseInbox inbox = Inboxes.start(database, Clock.systemUTC(), "logs-per-owner", "1");
			assertThat(database.template().queryForObject("SELECT bytes FROM inbox_logs", Long.class))
				.isEqualTo(database.template()
					.queryForObject("SELECT SUM(" + MessageSize.SQL + ") FROM inbox_messages", Long.class))
				.isGreaterThan(512);
			await(inbox.subscribe(Inboxes.now(Destination.forPublish("/user/alice/queue/mine")), new Recorder()));
			inbox.sweep();
			assertThat(database.template().queryForObject("SELECT COUNT(*) FROM inbox_logs", Long.class)).isEqualTo(2);
			inbox.destroy();
		}
	}

	@ParameterizedTest
	@EnumSource
	void logWhenMadeByANodeOfTheReleaseBeforeThenItIsItsOwnersAfterASweep(Store store) {
		try (TestDatabase database = (store == Store.EMBEDDED) ? TestDatabase.h2(this.folder)
				: TestDatabase.postgres()) {
			DatabaseInbox inbox = Inboxes.start(database, Clock.systemUTC());
			await(inbox.append(draft("ann", "order:1")));
			database.template().update("DELETE FROM inbox_log_owners");
			inbox.sweep();
			inbox.sweep();
			assertThat(database.template().queryForObject("SELECT owner FROM inbox_log_owners", String.class))
				.isEqualTo("alice");
			await(inbox.removeOwnedBy("alice"));
			assertThat(database.template().queryForObject("SELECT COUNT(*) FROM inbox_logs", Long.class)).isZero();
			assertThat(database.template().queryForObject("SELECT COUNT(*) FROM inbox_log_owners", Long.class))
				.isZero();
			inbox.destroy();
		}
	}

	static Draft draft(String publisher, String id) {
		return new Draft(new PublisherId("usher", publisher), Destination.forPublish(LOG), null, Map.of(), new byte[0],
				id, null, System.currentTimeMillis());
	}

	private static void insertLog(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO inbox_logs (address, owner, epoch, head, lost) VALUES ('" + LOG
					+ "', 'alice', 'e1', 2, 0)");
			statement.execute("UPDATE inbox_logs SET head = (SELECT COUNT(*) FROM inbox_messages)");
		}
	}

	private static void insert(Connection connection, long offset, String headers) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("INSERT INTO inbox_messages VALUES (1, ?, ?, ?, NULL, ?, ?)")) {
			statement.setLong(1, offset);
			statement.setLong(2, System.currentTimeMillis());
			statement.setLong(3, System.currentTimeMillis() + 3_600_000);
			statement.setString(4, headers);
			statement.setBytes(5, "body".getBytes(StandardCharsets.UTF_8));
			statement.execute();
		}
		try (Statement statement = connection.createStatement()) {
			statement.execute("UPDATE inbox_logs SET head = " + offset);
		}
	}

	/** A database as a version before left it; answers its URL. */
	private String before(Store store, Filling filling) throws SQLException {
		String url = (store == Store.EMBEDDED) ? TestDatabase.h2Url(this.folder) : Postgres.newDatabase();
		String user = (store == Store.EMBEDDED) ? "sa" : null;
		Flyway.configure().dataSource(url, user, null).target(BEFORE).load().migrate();
		try (Connection connection = (user != null) ? DriverManager.getConnection(url, user, "")
				: DriverManager.getConnection(url)) {
			filling.fill(connection);
		}
		return url;
	}

	@FunctionalInterface
	private interface Filling {

		void fill(Connection connection) throws SQLException;

	}

}
