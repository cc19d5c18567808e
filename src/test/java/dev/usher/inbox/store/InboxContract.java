package dev.usher.inbox.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.after;
import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.draft;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.own;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every database must give: here the log, above it the readers.
 */
abstract class InboxContract extends ReaderContract {

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
		Map<String, String> headers = Map.of("a\\n", "line\nof \\ ünïcode 😀", "empty", "");
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

	/** Two of them have more to lose than one transaction removes. */
	@Test
	void manyLogsAreKeptToTheirCountInOneSweep() {
		reopen("keep-count", "3", "queue", "10000");
		List<Destination> few = IntStream.range(0, 120)
			.mapToObj((i) -> Destination.forPublish("/user/crowd" + i + "/queue/inbox"))
			.toList();
		Destination large = own();
		publish(large, 1, 1200);
		few.forEach((to) -> publish(to, 1, 5));
		publish(few.get(60), 6, 700);
		this.inbox.sweep();
		assertRecovery(large, 1197, null, true, range(1198, 1200));
		assertRecovery(few.get(60), 697, null, true, range(698, 700));
		assertThat(few).filteredOn((to) -> to != few.get(60)).allSatisfy((to) -> {
			assertThat(rows("inbox_messages", to)).isEqualTo(3);
			assertThat(database().template()
				.queryForObject("SELECT lost FROM inbox_logs WHERE address = ?", Long.class, to.address()))
				.isEqualTo(2);
		});
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
