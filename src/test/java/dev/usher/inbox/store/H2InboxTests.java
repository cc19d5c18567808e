package dev.usher.inbox.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Lane;
import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The contract on the embedded database. */
class H2InboxTests extends InboxContract {

	private static TestDatabase database;

	@BeforeAll
	static void openDatabase(@TempDir Path folder) {
		database = TestDatabase.h2(folder);
	}

	@AfterAll
	static void closeDatabase() {
		database.close();
	}

	@Test
	void whenTheDatabaseIsKilledWhatWasAnsweredIsThereAndItGoesOn() {
		reopen("in-flight", "10000", "keep-count", "0");
		Destination to = Inboxes.own();
		Recorder recorder = new Recorder();
		read(Inboxes.after(to, 0, null), recorder);
		List<CompletionStage<Appended>> answers = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			answers.add(this.inbox.append(Inboxes.draft(to, "m")));
			if (i == 1500) {
				Inboxes.await(answers.get(700));
				database().template().execute("SHUTDOWN IMMEDIATELY");
			}
		}
		long answered = answers.stream().filter(H2InboxTests::isStored).count();
		assertThat(answered).isGreaterThan(700);
		Appended last = publishPatiently(to);
		assertThat(last.offset()).isGreaterThan(answered);
		assertThat(recorder.offsets((int) last.offset())).isEqualTo(range(1, last.offset()));
	}

	/** An interrupt in the middle of a read would close the database's file. */
	@Test
	void readWhenTheInboxEndsMeanwhileThenIsNotInterrupted() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		CompletableFuture<Boolean> finished = new CompletableFuture<>();
		Lane lane = this.inbox.lane();
		lane.execute(() -> {
			begun.countDown();
			try {
				finished.complete(gate.await(60, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				finished.complete(false);
			}
		});
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> ended = CompletableFuture.runAsync(this.inbox::destroy);
		Await.within(30, () -> isClosed(this.inbox.lane()));
		gate.countDown();
		assertThat(finished.get(30, TimeUnit.SECONDS)).isTrue();
		ended.get(60, TimeUnit.SECONDS);
		this.inbox = open();
	}

	private static boolean isClosed(Lane lane) {
		try {
			lane.execute(() -> {
			});
			return false;
		}
		catch (RejectedExecutionException ex) {
			return true;
		}
	}

	private static boolean isStored(CompletionStage<Appended> answer) {
		try {
			return Inboxes.await(answer).offset() > 0;
		}
		catch (RefusedException ex) {
			return false;
		}
	}

	@Override
	TestDatabase database() {
		return database;
	}

}
