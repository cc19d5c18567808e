package dev.usher.websocket;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Decorators that are slower than sessions go. */
class DecoratorThreadsTests {

	private static final int OTHERS = 1000;

	@Test
	void tasksWhenTooManyWaitThenMoreAreNotKeptAndTheLogSaysSo() throws InterruptedException {
		CountDownLatch held = new CountDownLatch(1);
		AtomicInteger run = new AtomicInteger();
		try (LogReader log = new LogReader(); DecoratorThreads threads = new DecoratorThreads()) {
			CountDownLatch begun = new CountDownLatch(1);
			threads.execute("held", () -> {
				begun.countDown();
				await(held);
			});
			begun.await();
			for (int i = 0; i < DecoratorThreads.MOST_WAITING + OTHERS; i++) {
				threads.execute("held", run::incrementAndGet);
			}
			assertThat(log.lines()).anyMatch((line) -> line.contains("are not told how sessions end"));
			held.countDown();
			Await.until(() -> run.get() == DecoratorThreads.MOST_WAITING);
			// There is room again, and what was refused does not come after all.
			AtomicInteger later = new AtomicInteger();
			threads.execute("held", () -> later.set(run.get()));
			Await.until(() -> later.get() != 0);
			assertThat(later).hasValue(DecoratorThreads.MOST_WAITING);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
