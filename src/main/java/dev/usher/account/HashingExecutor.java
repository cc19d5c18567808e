package dev.usher.account;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.WorkerPool;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * The few threads that hash passwords. A hash costs tens of milliseconds and 19 MiB by
 * design, so what a stranger can ask for is bounded here: so many at once, so many
 * waiting, the rest refused at once. No thread of the web server ever hashes.
 */
@Component
public class HashingExecutor implements DisposableBean {

	/**
	 * The queue is through in a few seconds; spread, so that they do not return as one.
	 */
	private static final int MAX_RETRY_SECONDS = 5;

	/** A hash and what the database has to say of it. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private final WorkerPool executor;

	HashingExecutor(PasswordProperties properties) {
		this.executor = new WorkerPool("hashing-", properties.threads(),
				new ArrayBlockingQueue<>(properties.hashQueue()), PATIENCE);
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs work that hashes a password.
	 * @return its outcome, or a {@link RefusedException} with {@link Reason#OVERLOADED}
	 * when too many are waiting
	 */
	public <T extends @Nullable Object> CompletableFuture<T> submit(Supplier<T> work) {
		try {
			return this.executor.supply(work);
		}
		catch (RejectedExecutionException ex) {
			Duration retryAfter = Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, MAX_RETRY_SECONDS + 1));
			return CompletableFuture.failedFuture(
					new RefusedException(Reason.OVERLOADED, "Too many logins at once. Try again soon.", retryAfter));
		}
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
