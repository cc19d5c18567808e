package dev.usher.account;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.WorkerPool;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The few threads that hash passwords. A hash costs tens of milliseconds and 19 MiB by
 * design, so what a stranger can ask for is bounded here: so many at once, so many
 * waiting and for so long, the rest refused at once. No thread of the web server ever
 * hashes.
 * <p>
 * Those who are known wait in a queue of their own, in which each has a tenth of the
 * places, and the two queues take turns. So strangers from however many addresses do not
 * keep out who logs in where they did before, and nobody who is known keeps out others.
 * Any thread may call.
 */
@Component
public class HashingExecutor implements DisposableBean {

	/**
	 * The queue is through in a few seconds; spread, so that they do not return as one.
	 */
	private static final int MAX_RETRY_SECONDS = 5;

	/** How many of one name may wait in the queue of those who are known. */
	private static final int SHARES = 10;

	/** A hash and what the database has to say of it. */
	private static final Duration PATIENCE = Duration.ofMinutes(5);

	/** How long work waits for its turn. People wait no longer either. */
	static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

	private final WorkerPool executor;

	/** Holds no more than wait. */
	private final WorkerPool late;

	private final int places;

	private final Duration longestWait;

	private final Queue<Work> strangers = new ArrayDeque<>();

	private final Queue<Work> known = new ArrayDeque<>();

	private final Map<String, Integer> waitingByName = new HashMap<>();

	private boolean knownHaveTheirTurn;

	/** Work that waits, and whose it is; null for a stranger's. */
	private record Work(@Nullable String name, Runnable task) {
	}

	@Autowired
	HashingExecutor(PasswordProperties properties) {
		this("hashing-", properties.threads(), properties.hashQueue(), LONGEST_WAIT);
	}

	/**
	 * Threads of the same order for other logins.
	 * @param name of the threads, a number follows it
	 * @param places how many may wait in each of the two queues
	 * @param longestWait how long one waits before it is refused
	 */
	HashingExecutor(String name, int threads, int places, Duration longestWait) {
		this.places = places;
		this.longestWait = longestWait;
		// Holds no more than the two queues of work do.
		this.executor = new WorkerPool(name, threads, new LinkedBlockingQueue<>(), PATIENCE);
		this.executor.allowCoreThreadTimeOut(true);
		this.late = new WorkerPool(name + "late-", 1, new LinkedBlockingQueue<>(), PATIENCE);
		this.late.allowCoreThreadTimeOut(true);
	}

	/**
	 * Runs work that hashes a password for somebody who is not known yet.
	 * @return its outcome, or a {@link RefusedException} with {@link Reason#OVERLOADED}
	 * when too many are waiting, or it has waited for too long
	 */
	public <T extends @Nullable Object> CompletableFuture<T> submit(Supplier<T> work) {
		return submit(null, work);
	}

	/**
	 * Runs work that hashes a password.
	 * @param name who is known to ask, so that places are kept for them; null for a
	 * stranger
	 * @return its outcome, or a {@link RefusedException} with {@link Reason#OVERLOADED}
	 * when too many are waiting, or it has waited for too long
	 */
	public <T extends @Nullable Object> CompletableFuture<T> submit(@Nullable String name, Supplier<T> work) {
		CompletableFuture<T> outcome = new CompletableFuture<>();
		// Whichever is first decides: it begins, or is refused and never will. A session
		// would be left that nobody has otherwise.
		CompletableFuture<Boolean> turn = new CompletableFuture<>();
		try {
			if (add(name, () -> {
				if (turn.complete(true)) {
					run(FatalErrors.watched(work), outcome);
				}
			})) {
				turn.orTimeout(this.longestWait.toMillis(), TimeUnit.MILLISECONDS).whenComplete((begins, late) -> {
					if (late != null) {
						whenOver(() -> outcome.completeExceptionally(tooMany()));
					}
				});
				this.executor.execute(this::runNext);
				return outcome;
			}
		}
		catch (RejectedExecutionException ex) {
			// The process is ending.
		}
		return CompletableFuture.failedFuture(tooMany());
	}

	/**
	 * Runs what is due because a time is over. The JDK has one thread for all such times,
	 * and whoever hears of this may ask the database.
	 */
	void whenOver(Runnable task) {
		this.late.execute(task);
	}

	private static RefusedException tooMany() {
		Duration retryAfter = Duration.ofSeconds(ThreadLocalRandom.current().nextInt(1, MAX_RETRY_SECONDS + 1));
		return new RefusedException(Reason.OVERLOADED, "Too many logins at once. Try again soon.", retryAfter);
	}

	private static <T extends @Nullable Object> void run(Supplier<T> work, CompletableFuture<T> outcome) {
		try {
			outcome.complete(work.get());
		}
		catch (Throwable ex) {
			outcome.completeExceptionally(ex);
		}
	}

	private synchronized boolean add(@Nullable String name, Runnable task) {
		if (name != null && this.known.size() < this.places
				&& this.waitingByName.getOrDefault(name, 0) < Math.max(1, this.places / SHARES)) {
			this.waitingByName.merge(name, 1, Integer::sum);
			return this.known.add(new Work(name, task));
		}
		return this.strangers.size() < this.places && this.strangers.add(new Work(null, task));
	}

	/** How much work has not begun. */
	synchronized int waiting() {
		return this.known.size() + this.strangers.size();
	}

	private void runNext() {
		Work work = next();
		if (work != null) {
			work.task().run();
		}
	}

	private synchronized @Nullable Work next() {
		this.knownHaveTheirTurn = !this.knownHaveTheirTurn;
		Queue<Work> first = this.knownHaveTheirTurn ? this.known : this.strangers;
		Work work = first.poll();
		if (work == null) {
			work = (this.knownHaveTheirTurn ? this.strangers : this.known).poll();
		}
		if (work != null && work.name() != null) {
			this.waitingByName.computeIfPresent(work.name(), (name, count) -> (count > 1) ? count - 1 : null);
		}
		return work;
	}

	@Override
	public void destroy() {
		this.executor.shutdown();
		this.late.shutdown();
	}

}
