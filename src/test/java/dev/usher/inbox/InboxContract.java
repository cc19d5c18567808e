package dev.usher.inbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.Inboxes.after;
import static dev.usher.inbox.Inboxes.await;
import static dev.usher.inbox.Inboxes.draft;
import static dev.usher.inbox.Inboxes.durable;
import static dev.usher.inbox.Inboxes.now;
import static dev.usher.inbox.Inboxes.own;
import static dev.usher.inbox.Inboxes.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every database must give.
 */
abstract class InboxContract {

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
		for (int i = 0; i < 50; i++) {
			try {
				return await(this.inbox.append(at(to, "patient", null)));
			}
			catch (RefusedException ex) {
				assertThat(ex.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE);
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

	@Test
	void offsetsCountFromOneWithoutAHoleInOneEpoch() {
		List<Appended> appended = publish(own(), 1, 1200);
		assertThat(appended).extracting(Appended::offset).isEqualTo(range(1, 1200));
		assertThat(appended).extracting(Appended::epoch).containsOnly(appended.get(0).epoch());
		assertThat(appended.get(0).messageId()).matches("[a-z0-9]+-1");
	}

	@Test
	void whatWasStoredComesBackAsItWas() {
		Destination to = own();
		byte[] body = { 0, 1, -1, 10 };
		Map<String, String> headers = Map.of("a:b\\n", "line\nof \\ ünïcode 😀", "empty", "");
		await(this.inbox.append(new Draft(to, "a/b", headers, body, null, null, 42)));
		this.inbox.destroy();
		this.inbox = open("keep", "30000d");
		await(this.inbox.append(new Draft(to, null, headers, body, null, null, this.clock.millis())));
		Recorder recorder = new Recorder();
		read(after(to, 1, null), recorder);
		StoredMessage message = recorder.next().message();
		assertThat(message.body()).isEqualTo(body);
		assertThat(message.headers()).isEqualTo(headers);
		assertThat(message.contentType()).isNull();
		assertThat(message.timestamp()).isEqualTo(this.clock.millis());
	}

	@Test
	void theSameIdWithinADayIsStoredAndAnnouncedOnce() {
		Destination to = own();
		List<Long> announced = new CopyOnWriteArrayList<>();
		this.inbox.listen((destination, message) -> announced.add(message.offset()));
		publish(to, 1, 1);
		List<CompletionStage<Appended>> answers = IntStream.range(0, 50)
			.mapToObj((i) -> this.inbox.append(draft(to, "again", "id 1:x")))
			.toList();
		assertThat(answers).allSatisfy((answer) -> assertThat(await(answer).offset()).isEqualTo(2));
		assertThat(await(answers.get(0)).duplicate()).isFalse();
		assertThat(await(answers.get(49)).duplicate()).isTrue();
		this.clock.advance(Duration.ofHours(23));
		assertThat(await(this.inbox.append(draft(to, "again", "id 1:x"))).offset()).isEqualTo(2);
		assertThat(await(this.inbox.append(draft(own(), "other", "id 1:x"))).duplicate()).isFalse();
		this.clock.advance(Duration.ofHours(2));
		assertThat(await(this.inbox.append(draft(to, "new", "id 1:x"))).offset()).isEqualTo(3);
		assertThat(announced).containsExactly(1L, 2L, 1L, 3L);
	}

	@Test
	void oneBadMessageOfABatchFailsAloneAndLeavesNoHole() {
		Destination to = own();
		database().template()
			.execute("ALTER TABLE inbox_messages ADD CONSTRAINT poison CHECK (content_type <> 'text/poison')");
		try {
			List<CompletionStage<Appended>> answers = new ArrayList<>();
			for (int i = 0; i < 300; i++) {
				String type = (i % 70 == 33) ? "text/poison" : "text/plain";
				answers.add(
						this.inbox.append(new Draft(to, type, Map.of(), new byte[0], null, null, this.clock.millis())));
			}
			List<Long> offsets = new ArrayList<>();
			for (int i = 0; i < 300; i++) {
				CompletionStage<Appended> answer = answers.get(i);
				if (i % 70 == 33) {
					assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> await(answer))
						.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE));
				}
				else {
					offsets.add(await(answer).offset());
				}
			}
			assertThat(offsets).isEqualTo(range(1, 296));
		}
		finally {
			database().template().execute("ALTER TABLE inbox_messages DROP CONSTRAINT poison");
		}
	}

	@Test
	void tooManyWaitingAreRefused() {
		DatabaseInbox small = open("queue", "2", "queue-bytes", "2MB");
		List<RefusedException> refused = new CopyOnWriteArrayList<>();
		List<CompletionStage<Appended>> answers = IntStream.range(0, 200)
			.mapToObj((i) -> small.append(at(own(), "x".repeat(100_000), null)))
			.toList();
		for (CompletionStage<Appended> answer : answers) {
			try {
				await(answer);
			}
			catch (RefusedException ex) {
				refused.add(ex);
			}
		}
		assertThat(refused).isNotEmpty().allSatisfy((ex) -> {
			assertThat(ex.reason()).isEqualTo(Reason.OVERLOADED);
			assertThat(ex.retryAfter()).isPresent();
		});
		assertThat(await(small.append(at(own(), "fits", null))).offset()).isEqualTo(1);
		small.destroy();
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> await(small.append(draft(own(), ""))))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.DRAINING));
	}

	@Test
	void twoNodesWriteOneLogWithoutAHole() {
		Destination to = own();
		DatabaseInbox other = open("node", "other");
		List<CompletionStage<Appended>> answers = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			answers.add(((i % 2 == 0) ? this.inbox : other).append(draft(to, "m" + i)));
		}
		assertThat(answers.stream().map((answer) -> await(answer).offset()).sorted().toList())
			.isEqualTo(range(1, 2000));
		other.destroy();
	}

	@Test
	void keptByAgeByTtlAndByCountWithOffsetsNeverReused() {
		reopen("keep", "2h", "keep-count", "10");
		Destination to = own();
		String epoch = publish(to, 1, 12).get(0).epoch();
		await(this.inbox.append(at(to, "short", Duration.ofMinutes(1))));
		publish(to, 14, 15);
		this.inbox.sweep();
		assertRecovery(to, 4, epoch, false, range(6, 15));
		assertRecovery(to, 5, epoch, true, range(6, 15));
		this.clock.advance(Duration.ofMinutes(2));
		assertRecovery(to, 12, epoch, false, range(14, 15));
		this.inbox.sweep();
		assertRecovery(to, 12, epoch, false, range(14, 15));
		assertRecovery(to, 13, epoch, true, range(14, 15));
		assertRecovery(to, 13, "another", false, LongStream.of(6, 7, 8, 9, 10, 11, 12, 14, 15).boxed().toList());
		assertRecovery(to, 16, null, false, LongStream.of(6, 7, 8, 9, 10, 11, 12, 14, 15).boxed().toList());
		this.clock.advance(Duration.ofHours(2));
		this.inbox.sweep();
		assertThat(rows("inbox_messages", to)).isZero();
		reopen();
		Appended next = publish(to, 16, 16).get(0);
		assertThat(next.offset()).isEqualTo(16);
		assertThat(next.epoch()).isEqualTo(epoch);
	}

	private void assertRecovery(Destination to, long offset, String epoch, boolean recovered, List<Long> offsets) {
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

	@Test
	void forgottenIdsAndUnusedReadersAreSwept() {
		Destination to = own();
		await(this.inbox.append(draft(to, "x", "once")));
		read(durable(to, "phone", null), new Recorder()).close(false);
		ReaderSubscription used = read(durable(to, "laptop", null), new Recorder());
		this.clock.advance(Duration.ofDays(31));
		this.inbox.sweep();
		assertThat(rows("inbox_readers", to)).isEqualTo(1);
		assertThat(database().template()
			.queryForObject("SELECT COUNT(*) FROM inbox_ids WHERE expires_at <= ?", Integer.class, this.clock.millis()))
			.isZero();
		await(used.close(true));
		assertThat(rows("inbox_readers", to)).isZero();
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
		await(subscription.ackThrough(3));
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
		await(subscription.ackThrough(4));
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
	void aSecondNodeTakesTheOthersShareAndWhatADeadOneHeld() {
		Destination to = shared();
		DatabaseInbox other = open("node", "other");
		Recorder here = new Recorder();
		Recorder there = new Recorder();
		ReaderSubscription first = await(this.inbox.subscribe(now(to), here));
		ReaderSubscription second = await(other.subscribe(now(to), there));
		first.request(2);
		publish(to, 1, 4);
		assertThat(here.offsets(2)).containsExactly(1L, 2L);
		second.request(10);
		other.moved(to);
		assertThat(there.offsets(2)).containsExactly(3L, 4L);
		this.inbox.renewLease();
		other.renewLease();
		this.clock.advance(Duration.ofSeconds(16));
		other.renewLease();
		List<Recorder.Received> taken = List.of(there.next(), there.next());
		assertThat(taken).extracting(Recorder.Received::offset).containsExactly(1L, 2L);
		assertThat(taken).extracting(Recorder.Received::redelivered).containsOnly(true);
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
		await(again.ackThrough(20));
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
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.OVERLOADED));
	}

	@Test
	void aRemovedLogHasAnotherEpochAndNothingOfTheOld() throws InterruptedException {
		Destination to = Destination.forPublish("/user/a%2Fleaver/queue/inbox");
		String epoch = publish(to, 1, 3).get(0).epoch();
		Recorder recorder = new Recorder();
		read(durable(to, "phone", 0L), recorder);
		recorder.offsets(3);
		await(this.inbox.removeOwnedBy("a/leaver"));
		assertThat(recorder.awaitEnd()).isTrue();
		Appended next = publish(to, 1, 1).get(0);
		assertThat(next.offset()).isEqualTo(1);
		assertThat(next.epoch()).isNotEqualTo(epoch);
		assertRecovery(to, 3, epoch, false, List.of(1L));
		assertThat(rows("inbox_readers", to)).isZero();
	}

}
