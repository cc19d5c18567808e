package dev.usher.inbox.store;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.after;
import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.draft;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.now;
import static dev.usher.inbox.store.Inboxes.own;
import static dev.usher.inbox.store.Inboxes.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What readers must find in every database.
 */
abstract class ReaderContract extends SetAsideContract {

	@Test
	void aLongReplayStreamsAndDelaysNobodyElse() {
		reopen("keep-count", "0", "tail", "0B", "queue", "20000");
		Destination replayed = own();
		publish(replayed, 1, 8000);
		Destination live = own();
		Recorder liveRecorder = new Recorder();
		ReaderSubscription liveReader = read(now(live), liveRecorder);
		Recorder replay = new Recorder();
		ReaderSubscription replaying = await(this.inbox.subscribe(after(replayed, 0, null), replay));
		for (long page = 0; page < 8000; page += 200) {
			replaying.request(200);
			assertThat(replay.offsets(200)).isEqualTo(range(page + 1, page + 200));
			await(replaying.ack(range(page + 1, page + 200)));
			// In the middle of it others get theirs, and nobody who has no room gets
			// more.
			publish(live, 1, 1);
			assertThat(liveRecorder.offsets(1)).containsExactly(page / 200 + 1);
			assertThat(replay.isEmpty()).isTrue();
		}
		await(liveReader.close(false));
	}

	@Test
	void aReaderOfTheConnectionStartsNowOrAfterAnOffset() {
		Destination to = own();
		publish(to, 1, 3);
		Recorder fromNow = new Recorder();
		Recorder fromTwo = new Recorder();
		ReaderSubscription now = read(now(to), fromNow);
		read(after(to, 2, now.epoch()), fromTwo);
		assertThat(now.offset()).isEqualTo(3);
		publish(to, 4, 4);
		assertThat(fromNow.offsets(1)).containsExactly(4L);
		assertThat(fromTwo.offsets(2)).containsExactly(3L, 4L);
	}

	@Test
	void noMoreIsHandedOutThanThereIsRoomFor() {
		reopen("in-flight", "5");
		Destination to = own();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = await(this.inbox.subscribe(now(to), recorder));
		publish(to, 1, 20);
		assertThat(recorder.isEmpty()).isTrue();
		subscription.request(2);
		assertThat(recorder.offsets(2)).containsExactly(1L, 2L);
		subscription.request(100);
		assertThat(recorder.offsets(3)).containsExactly(3L, 4L, 5L);
		await(subscription.ack(range(1, 3)));
		assertThat(recorder.offsets(3)).containsExactly(6L, 7L, 8L);
		await(subscription.ack(6));
		assertThat(recorder.offsets(1)).containsExactly(9L);
		assertThat(recorder.isEmpty()).isTrue();
	}

	@Test
	void aDurableReaderGoesOnFromWhatItAcknowledgedAfterARestart() {
		Destination to = own();
		publish(to, 1, 2);
		Recorder first = new Recorder();
		ReaderSubscription subscription = read(durable(to, "phone", 0L), first);
		publish(to, 3, 10);
		assertThat(first.offsets(10)).isEqualTo(range(1, 10));
		await(subscription.ack(range(1, 4)));
		await(subscription.ack(7));
		reopen();
		Recorder second = new Recorder();
		ReaderSubscription again = read(durable(to, "phone", 99L), second);
		assertThat(again.offset()).isEqualTo(4);
		assertThat(again.recovered()).isTrue();
		publish(to, 11, 11);
		List<Recorder.Received> received = IntStream.range(0, 6).mapToObj((i) -> second.next()).toList();
		assertThat(received).extracting(Recorder.Received::offset).containsExactly(5L, 6L, 8L, 9L, 10L, 11L);
		assertThat(received).extracting(Recorder.Received::redelivered)
			.containsExactly(true, true, true, true, true, false);
	}

	@Test
	void aCrashLosesNothingThatWasNotAcknowledged() {
		Destination to = own();
		Recorder first = new Recorder();
		reopen("node", "steady");
		ReaderSubscription subscription = read(durable(to, "phone", null), first);
		publish(to, 1, 5);
		first.offsets(5);
		await(subscription.ack(1));
		await(subscription.ack(3));
		DatabaseInbox crashed = this.inbox;
		Inboxes.crash(crashed, database());
		this.inbox = open("node", "steady");
		Recorder second = new Recorder();
		read(durable(to, "phone", null), second);
		assertThat(second.offsets(3)).containsExactly(2L, 4L, 5L);
		crashed.destroy();
	}

	@Test
	void theSharedReaderStartsAtTheOldestAndDividesTheWork() {
		Destination to = shared();
		publish(to, 1, 10);
		Recorder one = new Recorder();
		Recorder two = new Recorder();
		ReaderSubscription first = await(this.inbox.subscribe(now(to), one));
		ReaderSubscription second = await(this.inbox.subscribe(now(to), two));
		assertThat(first.recovered()).isTrue();
		assertThat(first.offset()).isZero();
		first.request(4);
		assertThat(one.offsets(4)).containsExactly(1L, 2L, 3L, 4L);
		second.request(100);
		assertThat(two.offsets(6)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
		first.ack(2);
		first.close(false);
		List<Recorder.Received> again = IntStream.range(0, 3).mapToObj((i) -> two.next()).toList();
		assertThat(again).extracting(Recorder.Received::offset).containsExactly(1L, 3L, 4L);
		assertThat(again).extracting(Recorder.Received::redelivered).containsOnly(true);
	}

	/** It has the place of all who work there, whoever says that they leave for good. */
	@Test
	void theSharedReaderWhenASubscriptionForgetsItThenStaysWhereItIs() {
		Destination to = shared();
		publish(to, 1, 2);
		Recorder first = new Recorder();
		ReaderSubscription subscription = read(now(to), first);
		assertThat(first.offsets(2)).containsExactly(1L, 2L);
		await(subscription.ack(1));
		await(subscription.close(true));
		assertThat(rows("inbox_readers", to)).isEqualTo(1);
		Recorder second = new Recorder();
		assertThat(read(now(to), second).offset()).isEqualTo(1);
		Recorder.Received again = second.next();
		assertThat(again.offset()).isEqualTo(2);
		assertThat(again.redelivered()).isTrue();
	}

	@Test
	void whatASlowSubscriptionHoldsGoesToAnother() {
		reopen("ack-timeout", "1m");
		Destination to = shared();
		Recorder one = new Recorder();
		ReaderSubscription slow = read(now(to), one);
		publish(to, 1, 2);
		one.offsets(2);
		Recorder two = new Recorder();
		read(now(to), two);
		this.clock.advance(Duration.ofSeconds(59));
		this.inbox.tick();
		assertThat(two.isEmpty()).isTrue();
		this.clock.advance(Duration.ofSeconds(2));
		this.inbox.tick();
		assertThat(two.offsets(2)).containsExactly(1L, 2L);
		assertThat(await(slow.ack(1))).isNull();
	}

	@Test
	void messagesOfTwoNodesReachAReaderInOrder() {
		Destination to = own();
		DatabaseInbox other = open("node", "other");
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = await(this.inbox.subscribe(now(to), recorder));
		for (int i = 1; i <= 300; i++) {
			await(((i % 3 == 0) ? other : this.inbox).append(draft(to, "m" + i)));
		}
		// All are in the tail by now but those of the other node, which were not even
		// told.
		subscription.request(Long.MAX_VALUE);
		for (long offset = 1; offset <= 299; offset++) {
			assertThat(recorder.offsets(1)).containsExactly(offset);
			subscription.ack(offset);
		}
		this.inbox.moved(to);
		assertThat(recorder.offsets(1)).containsExactly(300L);
		other.destroy();
	}

	@Test
	void aDurableReaderIsToldWhatIsGone() {
		reopen("keep-count", "5");
		Destination to = own();
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = read(durable(to, "phone", 0L), recorder);
		publish(to, 1, 2);
		recorder.offsets(2);
		await(subscription.ack(1));
		await(subscription.close(false));
		publish(to, 3, 20);
		this.inbox.sweep();
		Recorder later = new Recorder();
		ReaderSubscription again = read(durable(to, "phone", null), later);
		assertThat(again.recovered()).isFalse();
		assertThat(later.offsets(5)).isEqualTo(range(16, 20));
		await(again.ack(range(16, 20)));
		await(again.close(false));
		assertThat(read(durable(to, "phone", null), new Recorder()).recovered()).isTrue();
	}

	@Test
	void durableReadersAndLogsOfOneOwnerAreBounded() {
		reopen("readers-per-log", "2", "logs-per-owner", "3");
		Destination to = Destination.forPublish("/user/bounded/queue/a");
		read(durable(to, "one", null), new Recorder());
		read(durable(to, "two", null), new Recorder());
		assertRefused(durable(to, "three", null));
		read(now(Destination.forPublish("/user/bounded/queue/b")), new Recorder());
		read(now(Destination.forPublish("/user/bounded/queue/c")), new Recorder());
		assertRefused(now(Destination.forPublish("/user/bounded/queue/d")));
	}

	private void assertRefused(ReaderRequest request) {
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> await(this.inbox.subscribe(request, new Recorder())))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.OVERLOADED))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isPresent());
	}

}
