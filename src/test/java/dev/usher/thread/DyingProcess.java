package dev.usher.thread;

import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of which a thread runs out of memory in the way its argument says, and that
 * would go on for ever.
 */
final class DyingProcess {

	private static final Logger logger = LoggerFactory.getLogger(DyingProcess.class);

	private DyingProcess() {
	}

	public static void main(String[] args) throws Exception {
		FatalErrors.install();
		new LoggedErrors().afterPropertiesSet();
		WorkerPool pool = new WorkerPool("pool-", 1, new ArrayBlockingQueue<>(10), Duration.ofSeconds(1));
		switch (args[0]) {
			case "uncaught" -> new Thread(DyingProcess::exhaust).start();
			case "pool" -> pool.execute(DyingProcess::exhaust);
			case "future" -> pool.supply(() -> {
				exhaust();
				return null;
			});
			case "wrapped" -> pool.execute(() -> {
				throw new IllegalStateException(new IllegalArgumentException(new OutOfMemoryError("wrapped")));
			});
			case "logged" -> CompletableFuture.runAsync(DyingProcess::exhaust, Executors.newCachedThreadPool())
				.whenComplete((done, failure) -> logger.warn("Job failed", failure));
			case "deaf" -> {
				fillStandardError();
				pool.execute(DyingProcess::exhaust);
			}
			default -> throw new IllegalArgumentException(args[0]);
		}
		new CountDownLatch(1).await();
	}

	private static void exhaust() {
		logger.info("{}", new long[Integer.MAX_VALUE - 10].length);
	}

	/** Until the pipe is full: nobody reads it. */
	private static void fillStandardError() throws InterruptedException {
		Thread writer = new Thread(() -> {
			byte[] some = new byte[1 << 20];
			Arrays.fill(some, (byte) '.');
			System.err.write(some, 0, some.length);
		});
		writer.setDaemon(true);
		writer.start();
		writer.join(2000);
	}

}
