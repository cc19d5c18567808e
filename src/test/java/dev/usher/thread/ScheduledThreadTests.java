package dev.usher.thread;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ScheduledThreadTests {

	private final ScheduledThread thread = new ScheduledThread("tested",
			new FailureLog(LoggerFactory.getLogger(ScheduledThreadTests.class), "What was planned failed"));

	@AfterEach
	void stop() {
		this.thread.shutdownNow();
	}

	static Stream<Throwable> failures() {
		return Stream.of(new AssertionError("on purpose"), new StackOverflowError(), new NoClassDefFoundError("X"),
				new IllegalStateException("on purpose"));
	}

	private Thread running() throws Exception {
		CompletableFuture<Thread> running = new CompletableFuture<>();
		this.thread.execute(() -> running.complete(Thread.currentThread()));
		return running.get(20, TimeUnit.SECONDS);
	}

	@Test
	void threadWhenItRunsATaskThenItIsADaemonOfItsName() throws Exception {
		assertThat(running().getName()).isEqualTo("tested");
		assertThat(running().isDaemon()).isTrue();
		assertThat(running()).isSameAs(running());
	}

	@Test
	void threadWhenClosedThenWhatIsUnderWayIsNotInterruptedAndTheRestIsDropped() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		CompletableFuture<Boolean> whole = new CompletableFuture<>();
		this.thread.execute(() -> {
			begun.countDown();
			try {
				whole.complete(gate.await(20, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				whole.complete(false);
			}
		});
		CompletableFuture<Thread> waiting = new CompletableFuture<>();
		this.thread.schedule(() -> waiting.complete(Thread.currentThread()), 0, TimeUnit.SECONDS);
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		Thread ending = new Thread(() -> this.thread.close(Duration.ofSeconds(20)));
		ending.start();
		Await.until(() -> ending.getState() == Thread.State.TIMED_WAITING);
		gate.countDown();
		ending.join();
		assertThat(whole).isCompletedWithValue(true);
		assertThat(this.thread.isTerminated()).isTrue();
		assertThat(waiting).isNotDone();
	}

	@ParameterizedTest
	@MethodSource("failures")
	void taskWhenItThrowsThenItIsLoggedAndRepeated(Throwable failure, CapturedOutput output) throws Exception {
		CountDownLatch runs = new CountDownLatch(3);
		CountDownLatch runsAtARate = new CountDownLatch(3);
		this.thread.scheduleWithFixedDelay(() -> fail(runs, failure), 0, 1, TimeUnit.MILLISECONDS);
		this.thread.scheduleAtFixedRate(() -> fail(runsAtARate, failure), 0, 1, TimeUnit.MILLISECONDS);
		assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(runsAtARate.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(output).contains("What was planned failed").contains(failure.getClass().getName());
	}

	@ParameterizedTest
	@MethodSource("failures")
	void taskWhenItThrowsOnceThenItIsLoggedAndTheNextRuns(Throwable failure, CapturedOutput output) throws Exception {
		Thread before = running();
		this.thread.execute(() -> fail(new CountDownLatch(1), failure));
		assertThat(running()).isSameAs(before);
		assertThat(output).contains("What was planned failed").contains(failure.getClass().getName());
	}

	@Test
	void taskWhenTheThreadIsShutDownThenItStillRunsUnlessItRepeats() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch once = new CountDownLatch(1);
		CountDownLatch repeated = new CountDownLatch(1);
		this.thread.execute(() -> await(gate));
		this.thread.schedule(once::countDown, 1, TimeUnit.MILLISECONDS);
		this.thread.scheduleWithFixedDelay(repeated::countDown, 1, 1, TimeUnit.MILLISECONDS);
		this.thread.shutdown();
		gate.countDown();
		assertThat(this.thread.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
		assertThat(once.getCount()).isZero();
		assertThat(repeated.getCount()).isOne();
	}

	private static void await(CountDownLatch gate) {
		try {
			assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void fail(CountDownLatch runs, Throwable failure) {
		runs.countDown();
		ScheduledThreadTests.<RuntimeException>sneak(failure);
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void sneak(Throwable failure) throws X {
		throw (X) failure;
	}

}
