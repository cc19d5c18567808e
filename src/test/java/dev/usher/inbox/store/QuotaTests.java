package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Store;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.now;
import static org.assertj.core.api.Assertions.assertThat;

/** How much may be stored, by whom and for whom. */
class QuotaTests extends StoresContract {

	private static final int KILOBYTE = 1024;

	@Test
	void logsWhenAPublisherMakesTooManyOfAUserThenThePublisherIsRefusedAndTheUserIsNot() {
		open("logs-per-owner", "5");
		for (int i = 0; i < 5; i++) {
			assertThat(await(append("mallory", "/user/alice/queue/m" + i, 1)).offset()).isEqualTo(1);
		}
		assertFull(append("mallory", "/user/alice/queue/more", 1));
		assertThat(await(append("mallory", "/user/alice/queue/m0", 1)).offset()).isEqualTo(2);
		assertThat(await(append("mallory", "/user/ben/queue/a", 1)).offset()).isEqualTo(1);
		assertThat(await(append("billing", "/user/alice/queue/bills", 1)).offset()).isEqualTo(1);
		for (int i = 0; i < 5; i++) {
			await(this.inbox.subscribe(now(Destination.forPublish("/user/alice/queue/own" + i)), new Recorder()));
		}
		reopen("logs-per-owner", "5");
		assertFull(append("mallory", "/user/alice/queue/more", 1));
		assertThat(count("SELECT COUNT(*) FROM inbox_logs WHERE address LIKE '%/more'")).isZero();
	}

	@Test
	void logsWhenAPublisherMakesTooManyOfAllThenItIsRefused() {
		open("logs-per-publisher", "10");
		List<CompletableFuture<Appended>> answers = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			answers.add(append("mallory", (i % 2 == 0) ? "/queue/m" + i : "/user/made-up-" + i + "/queue/m", 1));
		}
		assertThat(answers.stream().filter(QuotaTests::isStored).count()).isEqualTo(10);
		assertThat(await(append("billing", "/user/alice/queue/bills", 1)).offset()).isEqualTo(1);
		assertThat(count("SELECT COUNT(*) FROM inbox_logs")).isEqualTo(11);
		reopen("logs-per-publisher", "10");
		assertFull(append("mallory", "/queue/more", 1));
	}

	@Test
	void bytesWhenAnOwnerIsFullThenRefusedUntilMessagesExpire() {
		open("owner-bytes", "100KB", "keep", "2h");
		List<CompletableFuture<Appended>> answers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			answers.add(append("p" + i, "/user/alice/queue/q" + i % 3, 10 * KILOBYTE));
		}
		assertThat(answers.stream().filter(QuotaTests::isStored).count()).isEqualTo(9);
		assertFull(append("late", "/user/alice/queue/q0", 10 * KILOBYTE));
		assertThat(await(append("late", "/user/ben/queue/q0", 10 * KILOBYTE)).offset()).isEqualTo(1);
		reopen("owner-bytes", "100KB", "keep", "2h");
		assertFull(append("late", "/user/alice/queue/q0", 10 * KILOBYTE));
		long heads = count("SELECT SUM(head) FROM inbox_logs WHERE owner = 'alice'");
		assertThat(heads).isEqualTo(count("SELECT COUNT(*) FROM inbox_messages m JOIN inbox_logs l ON l.id = m.log_id "
				+ "WHERE l.owner = 'alice'"));
		this.clock.advance(Duration.ofHours(3));
		this.inbox.sweep();
		assertThat(count("SELECT SUM(bytes) FROM inbox_logs")).isZero();
		assertThat(isStored(append("late", "/user/alice/queue/q0", 10 * KILOBYTE))).isTrue();
	}

	@Test
	void bytesWhenASharedLogIsFullThenRefusedThereAlone() {
		open("owner-bytes", "25KB");
		assertThat(isStored(append("p", "/queue/a", 20 * KILOBYTE))).isTrue();
		assertFull(append("p", "/queue/a", 20 * KILOBYTE));
		assertThat(isStored(append("p", "/queue/b", 20 * KILOBYTE))).isTrue();
	}

	@Test
	void bytesWhenAPublisherHasStoredItsDayThenRefusedUntilTheNext() {
		open("publisher-bytes", "100KB");
		int stored = 0;
		while (isStored(append("mallory", "/user/u" + stored + "/queue/a", 10 * KILOBYTE))) {
			stored++;
		}
		assertThat(stored).isEqualTo(9);
		RefusedException refusal = assertFull(append("mallory", "/queue/more", 10 * KILOBYTE));
		assertThat(refusal.retryAfter()).contains(Duration.ofHours(12));
		assertThat(count("SELECT COUNT(*) FROM inbox_logs WHERE address = '/queue/more'")).isZero();
		assertThat(isStored(append("billing", "/user/u0/queue/a", 10 * KILOBYTE))).isTrue();
		reopen("publisher-bytes", "100KB");
		assertFull(append("mallory", "/user/u0/queue/a", 10 * KILOBYTE));
		this.clock.advance(Duration.ofHours(12));
		assertThat(isStored(append("mallory", "/user/u0/queue/a", 10 * KILOBYTE))).isTrue();
		this.inbox.sweep();
		assertThat(count("SELECT COUNT(*) FROM inbox_publishers")).isEqualTo(1);
	}

	@Test
	void bytesWhenTwoNodesStoreThenTogetherNoMoreThanTheLimit() {
		open("publisher-bytes", "1MB");
		DatabaseInbox other = Inboxes.start(this.database, this.clock, "publisher-bytes", "1MB", "node", "other");
		List<CompletableFuture<Appended>> answers = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			answers.add(append((i % 2 == 0) ? this.inbox : other, "mallory", "/queue/n" + i % 7, 4 * KILOBYTE, null));
		}
		long stored = answers.stream().filter(QuotaTests::isStored).count();
		assertThat(stored).isBetween(220L, 256L * KILOBYTE / (256 + 4 * KILOBYTE) * 4);
		other.destroy();
	}

	@Test
	void idWhenTheQuotaIsFullThenItsRepetitionIsStillAnsweredAndCostsNothing() {
		open("publisher-bytes", "30KB");
		assertThat(await(append(this.inbox, "ann", "/queue/a", 20 * KILOBYTE, "x")).offset()).isEqualTo(1);
		for (int i = 0; i < 5; i++) {
			assertThat(await(append(this.inbox, "ann", "/queue/a", 20 * KILOBYTE, "x")).duplicate()).isTrue();
		}
		assertFull(append("ann", "/queue/a", 20 * KILOBYTE));
		assertThat(isStored(append("ann", "/queue/a", 9 * KILOBYTE))).isTrue();
	}

	@Test
	void bytesWhenMessagesComeAndGoThenTheyAreThoseOfTheRows() {
		open("keep-count", "3");
		for (int i = 0; i < 10; i++) {
			Draft draft = new Draft(publisher("ann"), Destination.forPublish("/queue/c"), "text/plain",
					Map.of("mood", "\ud83d\ude00\u00e9".repeat(i)), new byte[i], null,
					(i % 4 == 3) ? Duration.ofMinutes(1) : null, this.clock.millis());
			await(this.inbox.append(draft));
		}
		assertBytesAreThoseOfTheRows();
		this.inbox.sweep();
		assertThat(count("SELECT COUNT(*) FROM inbox_messages")).isEqualTo(3);
		assertBytesAreThoseOfTheRows();
		this.clock.advance(Duration.ofHours(1));
		this.inbox.sweep();
		assertBytesAreThoseOfTheRows();
		this.clock.advance(Duration.ofDays(8));
		this.inbox.sweep();
		assertThat(count("SELECT COALESCE(SUM(bytes), 0) FROM inbox_logs")).isZero();
	}

	private void assertBytesAreThoseOfTheRows() {
		assertThat(count("SELECT SUM(bytes) FROM inbox_logs"))
			.isEqualTo(count("SELECT SUM(" + MessageSize.SQL + ") FROM inbox_messages"));
	}

	@Test
	void logsWhenEmptyAndUnreadForLongThenTheyGoAndOthersStay() {
		open("keep", "2h", "logs-per-owner", "2", "reader-expiry", "90d");
		await(append("mallory", "/user/alice/queue/a", 1));
		Appended first = await(append("mallory", "/user/alice/queue/b", 1));
		assertFull(append("mallory", "/user/alice/queue/c", 1));
		Recorder live = new Recorder();
		ReaderSubscription reading = await(
				this.inbox.subscribe(now(Destination.forPublish("/user/ben/queue/live")), live));
		reading.request(1);
		await(await(this.inbox.subscribe(durable(Destination.forPublish("/user/ben/queue/phone"), "phone", null),
				new Recorder()))
			.close(false));
		for (int i = 0; i < 10; i++) {
			this.clock.advance(Duration.ofHours(6));
			this.inbox.sweep();
		}
		assertThat(
				this.database.template().queryForList("SELECT address FROM inbox_logs ORDER BY address", String.class))
			.containsExactly("/user/ben/queue/live", "/user/ben/queue/phone");
		await(append("mallory", "/user/ben/queue/live", 1));
		assertThat(live.offsets(1)).containsExactly(1L);
		Appended again = await(append("mallory", "/user/alice/queue/b", 1));
		assertThat(again.offset()).isEqualTo(1);
		assertThat(again.epoch()).isNotEqualTo(first.epoch());
		assertThat(await(append("mallory", "/user/alice/queue/c", 1)).offset()).isEqualTo(1);
	}

	@Test
	void namesWhenOnePublisherMakesThousandsThenOthersWaitForOneCommitAtMost() {
		open();
		CountDownLatch queued = new CountDownLatch(1);
		this.inbox.listen((destination, message) -> awaitQuietly(queued));
		append("mallory", "/queue/first", 1);
		List<CompletableFuture<Appended>> flood = new ArrayList<>();
		for (int i = 0; i < 5000; i++) {
			flood.add(append("mallory", "/user/made-up-" + i + "/queue/in", 10));
		}
		CompletableFuture<Long> stored = append("billing", "/user/alice/queue/bills", 10)
			.thenApply((appended) -> flood.stream().filter(CompletableFuture::isDone).count());
		queued.countDown();
		assertThat(await(stored)).isLessThan(1000);
		flood.forEach(Inboxes::await);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void queueWhenOnePublisherFillsItThenThereIsRoomForOthers() {
		open("queue", "1000");
		CountDownLatch queued = new CountDownLatch(1);
		this.inbox.listen((destination, message) -> awaitQuietly(queued));
		List<CompletableFuture<Appended>> flood = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			flood.add(append("mallory", "/queue/flood", 10));
		}
		CompletableFuture<Appended> bill = append("billing", "/user/alice/queue/bills", 10);
		queued.countDown();
		assertThat(isStored(bill)).isTrue();
		assertThat(flood.stream().filter((answer) -> !isStored(answer)).count()).isPositive();
	}

	@Test
	void diskWhenLessIsFreeThanTheMarkThenAnEmbeddedDatabaseTakesNothing() {
		open("min-free", "1000000TB");
		CompletableFuture<Appended> answer = append("ann", "/queue/a", 1);
		if (this.store == Store.EMBEDDED) {
			RefusedException refusal = refusal(answer);
			assertThat(refusal.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE);
			assertThat(refusal.retryAfter()).isPresent();
			assertThat(count("SELECT COUNT(*) FROM inbox_logs")).isZero();
			reopen("min-free", "1MB");
			answer = append("ann", "/queue/a", 1);
		}
		assertThat(isStored(answer)).isTrue();
	}

	private CompletableFuture<Appended> append(String publisher, String to, int bytes) {
		return append(this.inbox, publisher, to, bytes, null);
	}

	private CompletableFuture<Appended> append(Inbox inbox, String publisher, String to, int bytes,
			@Nullable String id) {
		return inbox
			.append(new Draft(publisher(publisher), Destination.forPublish(to), null, Map.of(),
					"x".repeat(bytes).getBytes(StandardCharsets.UTF_8), id, null, this.clock.millis()))
			.toCompletableFuture();
	}

	private static boolean isStored(CompletableFuture<Appended> answer) {
		try {
			return await(answer).offset() > 0;
		}
		catch (RefusedException ex) {
			assertThat(ex.reason()).isEqualTo(Reason.OVERLOADED);
			return false;
		}
	}

	private static RefusedException refusal(CompletableFuture<Appended> answer) {
		try {
			throw new AssertionError("stored at " + await(answer).offset());
		}
		catch (RefusedException ex) {
			return ex;
		}
	}

	private static RefusedException assertFull(CompletableFuture<Appended> answer) {
		RefusedException refusal = refusal(answer);
		assertThat(refusal.reason()).isEqualTo(Reason.OVERLOADED);
		assertThat(refusal.httpStatus()).isEqualTo(429);
		assertThat(refusal.retryAfter()).isPresent();
		return refusal;
	}

}
