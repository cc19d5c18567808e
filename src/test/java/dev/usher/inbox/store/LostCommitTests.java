package dev.usher.inbox.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import dev.usher.inbox.InboxProperties;
import dev.usher.node.NodeLease;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static dev.usher.inbox.store.Inboxes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A node alone that does not hear of its own commit. */
class LostCommitTests {

	private final AtomicBoolean losing = new AtomicBoolean();

	@TempDir
	private Path folder;

	private TestDatabase database;

	private DatabaseInbox inbox;

	private NodeLease node;

	@BeforeEach
	void open() {
		this.database = TestDatabase.h2(this.folder);
		this.node = Inboxes.node(this.database, Clock.systemUTC());
		this.inbox = new DatabaseInbox(new JdbcTemplate(new LosingDataSource(this.database.dataSource())),
				Inboxes.properties(), Clock.systemUTC(), this.node);
		this.inbox.afterPropertiesSet();
	}

	@AfterEach
	void close() {
		this.inbox.destroy();
		this.node.destroy();
		this.database.close();
	}

	private Recorder read(Destination from) {
		Recorder recorder = new Recorder();
		await(this.inbox.subscribe(Inboxes.now(from), recorder)).request(Long.MAX_VALUE);
		return recorder;
	}

	@Test
	void messageWhenTheAnswerToItsCommitIsLostThenItIsHandedOutAllTheSame() {
		Destination to = Inboxes.own();
		Recorder recorder = read(to);
		this.losing.set(true);
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> await(this.inbox.append(Inboxes.draft(to, "m"))))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
		assertThat(this.losing).isFalse();
		assertThat(this.database.template().queryForObject("SELECT COUNT(*) FROM inbox_messages", Integer.class))
			.isOne();
		assertThat(recorder.body()).isEqualTo("m");
	}

	@Test
	void messageWhenItIsPublishedAgainBecauseNobodyAnsweredThenItIsHandedOut() {
		Destination to = Inboxes.own();
		Recorder recorder = read(to);
		InboxProperties properties = Inboxes.properties();
		InboxDatabase sql = new InboxDatabase(this.database.template());
		LogQuota quota = new LogQuota(sql, properties, Clock.systemUTC());
		// Stored, and nobody here knows.
		new MessageStore(sql, new LogStore(sql, quota, properties, Clock.systemUTC()), quota,
				new PublisherBytes(sql, properties, Clock.systemUTC()), properties, Clock.systemUTC())
			.append(List.of(Inboxes.draft(to, "m", "id")));
		assertThat(await(this.inbox.append(Inboxes.draft(to, "m", "id"))).duplicate()).isTrue();
		assertThat(recorder.body()).isEqualTo("m");
	}

	/** Commits, and says once that the connection broke. */
	private final class LosingDataSource extends DelegatingDataSource {

		private LosingDataSource(DataSource real) {
			super(real);
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection real = super.getConnection();
			AtomicBoolean stores = new AtomicBoolean();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, args) -> invoke(real, stores, method, args));
		}

		private @Nullable Object invoke(Connection real, AtomicBoolean stores, Method method, Object @Nullable [] args)
				throws Throwable {
			try {
				Object result = method.invoke(real, args);
				if (args != null && args[0] instanceof String sql && sql.startsWith("INSERT INTO inbox_messages")) {
					stores.set(true);
				}
				if (method.getName().equals("commit") && stores.get()
						&& LostCommitTests.this.losing.compareAndSet(true, false)) {
					throw new SQLException("The connection broke", "08006");
				}
				return result;
			}
			catch (InvocationTargetException ex) {
				throw Objects.requireNonNull(ex.getCause());
			}
		}

	}

}
