package dev.usher.bus.redis;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.bus.Reach;

/**
 * Those who wait for a confirmation, oldest first, so that none waits for longer than two
 * seconds. Any thread may call.
 */
final class ReachWaiters {

	/** Two seconds, as it is looked at each quarter of one. */
	static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(1750);

	private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

	void add(CompletableFuture<Reach> answer) {
		this.waiters.add(new Waiter(answer, System.nanoTime()));
	}

	/** Answers those that have waited long enough. Called each quarter of a second. */
	void expire() {
		long now = System.nanoTime();
		Waiter oldest = this.waiters.peek();
		while (oldest != null && (oldest.answer().isDone() || now - oldest.since() > LONGEST)) {
			this.waiters.poll();
			oldest.answer().complete(Reach.NODE);
			oldest = this.waiters.peek();
		}
	}

	private record Waiter(CompletableFuture<Reach> answer, long since) {

	}

}
