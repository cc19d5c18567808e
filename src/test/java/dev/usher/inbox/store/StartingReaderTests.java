package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Lane;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.own;
import static org.assertj.core.api.Assertions.assertThat;

/** A reader that starts now, and what is stored while it is being joined. */
class StartingReaderTests extends StoresContract {

	/** Where those who join wait for the database, until the test lets them. */
	private final BlockingQueue<Runnable> line = new LinkedBlockingQueue<>();

	@BeforeEach
	void openInbox() {
		open();
	}

	private static ReaderRequest request(Destination from, @Nullable String durable) {
		return new ReaderRequest(from, durable, null, null, 0);
	}

	private Draft draft(Destination to, String body) {
		return new Draft(to, "text/plain", Map.of(), body.getBytes(StandardCharsets.UTF_8), null, null,
				this.clock.millis());
	}

	private CompletionStage<ReaderSubscription> subscribeLater(ReaderRequest request, Recorder recorder) {
		return this.inbox.subscribe(request, recorder, new Lane(this.line::add));
	}

	private void runNext() throws InterruptedException {
		Runnable task = this.line.poll(30, TimeUnit.SECONDS);
		assertThat(task).isNotNull();
		task.run();
	}

	/** Lets those who wait have the database until they have joined. */
	private ReaderSubscription joined(CompletionStage<ReaderSubscription> joining) throws InterruptedException {
		while (!joining.toCompletableFuture().isDone()) {
			Runnable task = this.line.poll(10, TimeUnit.MILLISECONDS);
			if (task != null) {
				task.run();
			}
		}
		return await(joining);
	}

	/** As one connection says SUBSCRIBE and SEND without waiting for a RECEIPT. */
	@ParameterizedTest
	@CsvSource({ "0,", "1,", "0,phone", "1,phone" })
	void messageWhenAppendedRightBehindThenIsNotMissed(int before, @Nullable String durable) {
		for (int i = 0; i < 50; i++) {
			Destination to = own();
			for (int j = 0; j < before; j++) {
				await(this.inbox.append(draft(to, "before")));
			}
			Recorder recorder = new Recorder();
			CompletionStage<ReaderSubscription> joining = this.inbox.subscribe(request(to, durable), recorder);
			CompletionStage<Appended> appended = this.inbox.append(draft(to, "behind"));
			ReaderSubscription subscription = await(joining);
			assertThat(subscription.offset()).as("round " + i).isEqualTo(before);
			assertThat(subscription.recovered()).isTrue();
			subscription.request(Long.MAX_VALUE);
			assertThat(recorder.body()).isEqualTo("behind");
			assertThat(await(appended).offset()).isEqualTo(before + 1);
		}
	}

	/** The row is read after the commit, and before anybody here was told of it. */
	@ParameterizedTest
	@NullSource
	@ValueSource(strings = "phone")
	void messageWhenItIsCommittedAndNotToldYetThenIsNotMissed(@Nullable String durable) throws Exception {
		Destination other = own();
		Destination to = own();
		BlockingQueue<CountDownLatch> told = new LinkedBlockingQueue<>();
		this.inbox.listen((destination, message) -> {
			if (destination.equals(other)) {
				CountDownLatch gate = new CountDownLatch(1);
				told.add(gate);
				awaitLatch(gate);
			}
		});
		this.inbox.append(draft(other, "holds the writer"));
		CountDownLatch first = told.poll(30, TimeUnit.SECONDS);
		Recorder recorder = new Recorder();
		CompletionStage<ReaderSubscription> joining = subscribeLater(request(to, durable), recorder);
		this.inbox.append(draft(other, "is told first"));
		this.inbox.append(draft(to, "behind"));
		assertThat(first).isNotNull();
		first.countDown();
		CountDownLatch second = told.poll(30, TimeUnit.SECONDS);
		runNext();
		assertThat(second).isNotNull();
		second.countDown();
		ReaderSubscription subscription = joined(joining);
		assertThat(subscription.offset()).isZero();
		subscription.request(Long.MAX_VALUE);
		assertThat(recorder.body()).isEqualTo("behind");
	}

	@Test
	void messageWhenSomebodyElseOpensTheDurableReaderMeanwhileThenIsNotMissed() throws Exception {
		Destination to = own();
		Recorder recorder = new Recorder();
		CompletionStage<ReaderSubscription> joining = subscribeLater(durable(to, "phone", null), recorder);
		await(this.inbox.append(draft(to, "behind")));
		assertThat(await(this.inbox.subscribe(durable(to, "phone", null), new Recorder())).offset()).isZero();
		ReaderSubscription subscription = joined(joining);
		assertThat(subscription.offset()).isZero();
		subscription.request(Long.MAX_VALUE);
		assertThat(recorder.body()).isEqualTo("behind");
	}

	@Test
	void readersWhenTheyStartOneAfterTheOtherThenEachStartsAtItsOwnTime() throws Exception {
		Destination to = own();
		List<CompletionStage<ReaderSubscription>> all = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			all.add(subscribeLater(request(to, null), new Recorder()));
			await(this.inbox.append(draft(to, "m" + i)));
		}
		for (int i = 0; i < 5; i++) {
			assertThat(joined(all.get(i)).offset()).isEqualTo(i);
		}
		assertThat(await(this.inbox.subscribe(request(to, null), new Recorder())).offset()).isEqualTo(5);
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
