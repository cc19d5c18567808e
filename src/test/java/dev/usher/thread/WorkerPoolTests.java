package dev.usher.thread;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerPoolTests {

	private final WorkerPool pool = new WorkerPool("tested-", 1, new ArrayBlockingQueue<>(100), Duration.ofSeconds(1));

	@AfterEach
	void stop() {
		this.pool.shutdownNow();
	}

	static Stream<Throwable> failures() {
		return Stream.of(new AssertionError("on purpose"), new StackOverflowError(), new NoClassDefFoundError("X"),
				new LinkageError(), new IllegalStateException("on purpose"));
	}

	private Thread thread() throws Exception {
		return this.pool.supply(Thread::currentThread).get(20, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void taskWhenItThrowsThenItsThreadGoesOn(Throwable failure) throws Exception {
		Thread before = thread();
		this.pool.execute(() -> WorkerPoolTests.<RuntimeException>sneak(failure));
		assertThat(thread()).isSameAs(before);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void workWhenItThrowsThenWhoeverWaitsHearsOfIt(Throwable failure) {
		CompletableFuture<Object> answer = this.pool.supply(() -> WorkerPoolTests.<RuntimeException>sneak(failure));
		assertThat(answer).failsWithin(Duration.ofSeconds(20)).withThrowableThat().withCause(failure);
	}

	@Test
	void threadWhenItIsAtWorkThenItIsBusyAndEachTaskIsProgress() throws Exception {
		thread();
		Worker worker = this.pool.workers().get(0);
		assertThat(worker.name()).isEqualTo("tested-1");
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		this.pool.execute(() -> {
			begun.countDown();
			await(gate);
		});
		await(begun);
		assertThat(worker.busy().getAsBoolean()).isTrue();
		long before = worker.progress().getAsLong();
		gate.countDown();
		thread();
		assertThat(worker.progress().getAsLong()).isGreaterThan(before);
		assertThat(this.pool.workers()).containsExactly(worker);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> Object sneak(Throwable failure) throws X {
		throw (X) failure;
	}

}
