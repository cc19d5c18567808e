package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.now;
import static dev.usher.inbox.store.Inboxes.shared;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of messages that are refused, in every database.
 */
abstract class SetAsideContract extends InboxFixture {

	@Test
	void aRefusedMessageComesAgainLaterEachTimeAndIsSetAsideAtLast() {
		Destination to = shared();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(now(to), recorder);
		publish(to, 1, 1);
		assertThat(recorder.next().redelivered()).isFalse();
		for (int delay : new int[] { 1, 2, 4, 8 }) {
			await(subscription.nack(1));
			this.clock.advance(Duration.ofSeconds(delay).minusMillis(1));
			this.inbox.tick();
			publish(to, 0, 0);
			recorder.next();
			assertThat(recorder.isEmpty()).isTrue();
			this.clock.advance(Duration.ofMillis(1));
			this.inbox.tick();
			assertThat(recorder.next()).satisfies((received) -> {
				assertThat(received.offset()).isEqualTo(1);
				assertThat(received.redelivered()).isTrue();
			});
		}
		Recorder dead = new Recorder();
		ReaderSubscription deadReader = read(now(DeadLetters.of(to)), dead);
		await(subscription.nack(1));
		StoredMessage setAside = dead.next().message();
		assertThat(new String(setAside.body(), StandardCharsets.UTF_8)).isEqualTo("m1");
		assertThat(setAside.headers()).containsEntry("original-destination", to.address())
			.containsEntry("original-message-id", StoredMessage.messageId(subscription.epoch(), 1));
		assertThat(deadReader.recovered()).isTrue();
	}

	@Test
	void whatCannotBeSetAsideNowIsSetAsideLater() {
		reopen("max-deliveries", "1");
		Destination to = shared();
		Recorder dead = new Recorder();
		read(now(DeadLetters.of(to)), dead);
		Long deadLog = database().template()
			.queryForObject("SELECT id FROM inbox_logs WHERE address = ?", Long.class, DeadLetters.of(to).address());
		database().template()
			.execute("ALTER TABLE inbox_messages ADD CONSTRAINT refuse_dead CHECK (log_id <> " + deadLog + ")");
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(now(to), recorder);
		publish(to, 1, 2);
		recorder.offsets(2);
		await(subscription.nack(1));
		await(subscription.ack(2));
		await(subscription.close(false));
		// While it cannot be set aside: else it may be before the reader is opened.
		Recorder again = new Recorder();
		ReaderSubscription reopened = read(now(to), again);
		assertThat(reopened.offset()).isZero();
		database().template().execute("ALTER TABLE inbox_messages DROP CONSTRAINT refuse_dead");
		awaitSetAside(dead);
		assertThat(dead.next().body()).isEqualTo("m1");
		assertThat(again.isEmpty()).isTrue();
	}

	@Test
	void whileAMessageIsBeingSetAsideItsReaderStandsBeforeIt() {
		reopen("max-deliveries", "1");
		Destination to = shared();
		Recorder dead = new Recorder();
		read(now(DeadLetters.of(to)), dead);
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(now(to), recorder);
		publish(to, 1, 2);
		recorder.offsets(2);
		TransactionTemplate transaction = new TransactionTemplate(
				new DataSourceTransactionManager(database().dataSource()));
		transaction.executeWithoutResult((status) -> {
			// Whoever writes to the log of dead letters waits for the end of this.
			database().template()
				.queryForObject("SELECT id FROM inbox_logs WHERE address = ? FOR UPDATE", Long.class,
						DeadLetters.of(to).address());
			await(subscription.nack(1));
			await(subscription.ack(2));
			this.inbox.tick();
			assertThat(read(now(to), new Recorder()).offset()).isZero();
		});
		awaitSetAside(dead);
		assertThat(dead.next().body()).isEqualTo("m1");
		Awaitility.await().until(() -> read(now(to), new Recorder()).offset() == 2);
	}

	/** Lets the time pass after which it is tried again. */
	private void awaitSetAside(Recorder dead) {
		Awaitility.await().until(() -> {
			this.clock.advance(Duration.ofSeconds(5));
			this.inbox.tick();
			return !dead.isEmpty();
		});
	}

}
