package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import static dev.usher.inbox.store.Inboxes.after;
import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.now;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * An inbox, a clock, and what the contract does with them again and again.
 */
abstract class InboxFixture {

	final MutableClock clock = new MutableClock(Instant.now());

	DatabaseInbox inbox;

	abstract TestDatabase database();

	@BeforeEach
	void openInbox() {
		this.inbox = open();
	}

	@AfterEach
	void closeInbox() {
		this.inbox.destroy();
	}

	DatabaseInbox open(String... settings) {
		return Inboxes.start(database(), this.clock, settings);
	}

	void reopen(String... settings) {
		this.inbox.destroy();
		this.inbox = open(settings);
	}

	Draft at(Destination to, String body, Duration ttl) {
		return new Draft(to, "text/plain", Map.of(), body.getBytes(StandardCharsets.UTF_8), null, ttl,
				this.clock.millis());
	}

	List<Appended> publish(Destination to, int from, int through) {
		List<CompletionStage<Appended>> answers = new ArrayList<>();
		for (int i = from; i <= through; i++) {
			answers.add(this.inbox.append(at(to, "m" + i, null)));
		}
		return answers.stream().map(Inboxes::await).toList();
	}

	/** Publishes as a client does who was told to come back: until it is stored. */
	Appended publishPatiently(Destination to) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		while (System.nanoTime() < deadline) {
			try {
				return await(this.inbox.append(at(to, "patient", null)));
			}
			catch (RefusedException ex) {
				assertThat(ex.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE);
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
		}
		throw new AssertionError("The storage does not come back");
	}

	ReaderSubscription read(ReaderRequest request, Recorder recorder) {
		ReaderSubscription subscription = await(this.inbox.subscribe(request, recorder));
		subscription.request(Long.MAX_VALUE);
		return subscription;
	}

	static List<Long> range(long from, long through) {
		return LongStream.rangeClosed(from, through).boxed().toList();
	}

	void assertRecovery(Destination to, long offset, String epoch, boolean recovered, List<Long> offsets) {
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(after(to, offset, epoch), recorder);
		assertThat(subscription.recovered()).isEqualTo(recovered);
		assertThat(recorder.offsets(offsets.size())).isEqualTo(offsets);
		subscription.close(false);
	}

	int rows(String table, Destination to) {
		Integer count = database().template()
			.queryForObject(
					"SELECT COUNT(*) FROM " + table + " WHERE log_id = (SELECT id FROM inbox_logs WHERE address = ?)",
					Integer.class, to.address());
		return (count != null) ? count : 0;
	}

}
