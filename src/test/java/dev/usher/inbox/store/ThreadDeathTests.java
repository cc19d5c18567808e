package dev.usher.inbox.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import dev.usher.node.NodeLease;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Each thread of the inbox meets an Error once, in what it is given to work with. */
class ThreadDeathTests {

	/** The beginning of the name of the thread that is to fail next. */
	private final AtomicReference<@Nullable String> victim = new AtomicReference<>();

	@TempDir
	private Path folder;

	private TestDatabase database;

	private DatabaseInbox inbox;

	private NodeLease node;

	@BeforeEach
	void open() {
		this.database = TestDatabase.h2(this.folder);
		this.node = Inboxes.node(this.database, Clock.systemUTC());
		DataSource real = this.database.template().getDataSource();
		this.inbox = new DatabaseInbox(new JdbcTemplate(new FailingDataSource(real)),
				Inboxes.properties("sweep", "1s", "lease", "1s"), new FailingClock(), this.node);
		this.inbox.afterPropertiesSet();
	}

	@AfterEach
	void close() {
		this.inbox.destroy();
		this.node.destroy();
		this.database.close();
	}

	private void failOnce() {
		String name = this.victim.get();
		if (name != null && Thread.currentThread().getName().startsWith(name)
				&& this.victim.compareAndSet(name, null)) {
			throw new AssertionError("on purpose");
		}
	}

	/** A durable reader, a message, its acknowledgement: all threads but the timers. */
	private void assertServes() {
		Destination to = Inboxes.own();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = Inboxes
			.await(this.inbox.subscribe(Inboxes.durable(to, "phone", 0L), recorder));
		subscription.request(10);
		Inboxes.await(this.inbox.append(Inboxes.draft(to, "m")));
		assertThat(recorder.body()).isEqualTo("m");
		Inboxes.await(subscription.ack(1));
		Inboxes.await(subscription.nack(1));
	}

	@Test
	void writerWhenItMeetsAnErrorThenThePublisherIsToldAndTheNextIsServed() {
		this.victim.set("inbox-writer");
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> Inboxes.await(this.inbox.append(Inboxes.draft(Inboxes.own(), "m"))))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.INTERNAL_ERROR));
		assertServes();
	}

	@Test
	void fetchWhenItMeetsAnErrorThenTheSubscriberIsToldAndTheNextIsServed() {
		this.victim.set("inbox-fetch");
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> Inboxes.await(this.inbox.subscribe(Inboxes.now(Inboxes.own()), new Recorder())))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.INTERNAL_ERROR));
		assertServes();
	}

	@Test
	void ledgerWhenItMeetsAnErrorThenWhatWasAcknowledgedIsWrittenAllTheSame() {
		Destination to = Inboxes.own();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = Inboxes
			.await(this.inbox.subscribe(Inboxes.durable(to, "phone", 0L), recorder));
		subscription.request(10);
		Inboxes.await(this.inbox.append(Inboxes.draft(to, "m")));
		recorder.body();
		this.victim.set("inbox-ledger");
		Inboxes.await(subscription.ack(1));
		assertThat(this.victim).hasValue(null);
		assertThat(this.database.template().queryForObject("SELECT COUNT(*) FROM inbox_claims", Integer.class))
			.isZero();
		assertServes();
	}

	@ParameterizedTest
	@ValueSource(strings = { "inbox-timer", "inbox-sweeper" })
	void timerWhenItMeetsAnErrorThenItGoesOn(String name) {
		Destination to = Inboxes.own();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = Inboxes
			.await(this.inbox.subscribe(Inboxes.durable(to, "phone", 0L), recorder));
		subscription.request(10);
		Inboxes.await(this.inbox.append(Inboxes.draft(to, "m")));
		assertThat(recorder.next().redelivered()).isFalse();
		// What was refused comes again when the timer says so.
		this.victim.set(name);
		Inboxes.await(subscription.nack(1));
		assertThat(recorder.next().redelivered()).isTrue();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.victim.get() == null);
		// And again: it still runs, and what it does has not ended with the first.
		this.victim.set(name);
		Inboxes.await(subscription.nack(1));
		assertThat(recorder.next().redelivered()).isTrue();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.victim.get() == null);
		assertServes();
	}

	/** Fails for the victim alone. */
	private final class FailingDataSource extends DelegatingDataSource {

		private FailingDataSource(@Nullable DataSource real) {
			super(java.util.Objects.requireNonNull(real));
		}

		@Override
		public Connection getConnection() throws SQLException {
			Connection real = super.getConnection();
			return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Connection.class },
					(proxy, method, args) -> invoke(real, method, args));
		}

		/** In the middle of a transaction: to begin one is tried again by itself. */
		private Object invoke(Connection real, Method method, Object[] args) throws Throwable {
			if (method.getName().equals("prepareStatement")) {
				failOnce();
			}
			try {
				return method.invoke(real, args);
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		}

	}

	/** The time of this machine, which cannot be told to the victim. */
	private final class FailingClock extends Clock {

		@Override
		public Instant instant() {
			failOnce();
			return Instant.now();
		}

		@Override
		public ZoneId getZone() {
			return ZoneId.of("UTC");
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
