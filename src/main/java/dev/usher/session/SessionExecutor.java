package dev.usher.session;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.WorkerPool;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The few threads that look up credentials for callers that must not block: fewer than
 * the pool has connections, with a bounded queue before them.
 */
@Component
class SessionExecutor implements DisposableBean {

	/** Less than half of the pool's ten connections. */
	private static final int THREADS = 4;

	/** A look-up takes about a millisecond; all of these are through in a second. */
	private static final int MAX_WAITING = 2000;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	/** A look-up at a database that is silent. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private final WorkerPool executor;

	SessionExecutor() {
		this.executor = new WorkerPool("session-lookup-", THREADS, new ArrayBlockingQueue<>(MAX_WAITING), PATIENCE);
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs a look-up.
	 * @return its outcome, or a {@link RefusedException}: {@link Reason#OVERLOADED} when
	 * too many wait or the database does not answer
	 */
	<T> CompletableFuture<T> submit(Supplier<T> work) {
		try {
			return this.executor.supply(() -> get(work));
		}
		catch (RejectedExecutionException ex) {
			return CompletableFuture.failedFuture(overloaded());
		}
	}

	private static <T> T get(Supplier<T> work) {
		try {
			return work.get();
		}
		catch (DataAccessException | TransactionException ex) {
			FatalErrors.endIfFatal(ex);
			throw overloaded();
		}
	}

	private static RefusedException overloaded() {
		return new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), RETRY_AFTER);
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
	}

}
