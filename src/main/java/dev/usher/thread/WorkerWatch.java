package dev.usher.thread;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Looks once a second whether the threads of the gateway get on with their work, and
 * whether the JVM still has memory to work with. Part of readiness: a node of which a
 * thread is stuck is not ready. The names of those that are stuck go to the log, once,
 * and once more when it is over; health answers a word.
 * <p>
 * It counts looks, not time: a machine that was suspended has not made a thread stuck.
 */
@Component("threadsHealthIndicator")
class WorkerWatch implements HealthIndicator, SmartInitializingSingleton, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(WorkerWatch.class);

	private static final long PERIOD = TimeUnit.SECONDS.toNanos(1);

	/** Without a look for so long nobody knows how the others do. */
	private static final long BLIND = TimeUnit.SECONDS.toNanos(30);

	private final ObjectProvider<Workers> sources;

	private final MemoryWatch memory = MemoryWatch.ofThisProcess();

	private final FailureLog failures = new FailureLog(logger, "The threads could not be looked at");

	private final Thread thread = new Thread(this::run, "usher-watch");

	/** Used by the looking thread alone, as is the set. */
	private Map<Worker, Seen> seen = new HashMap<>();

	private final Set<String> told = new TreeSet<>();

	private volatile boolean stuck;

	private volatile long lookedAt = System.nanoTime();

	private volatile boolean closed;

	WorkerWatch(ObjectProvider<Workers> sources) {
		this.sources = sources;
		this.thread.setDaemon(true);
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.thread.start();
	}

	private void run() {
		while (!this.closed) {
			try {
				look(this.sources.stream().flatMap((source) -> source.workers().stream()).toList());
				this.memory.look();
				this.lookedAt = System.nanoTime();
			}
			catch (Throwable ex) {
				this.failures.note(ex);
			}
			LockSupport.parkNanos(PERIOD);
		}
	}

	/** Looks at all of them once. */
	void look(List<Worker> workers) {
		Map<Worker, Seen> now = new HashMap<>();
		Set<String> stuckNow = new TreeSet<>();
		for (Worker worker : workers) {
			Seen seenNow = Seen.of(worker, this.seen.get(worker));
			now.put(worker, seenNow);
			if (seenNow.looks() > worker.patience().toSeconds()) {
				stuckNow.add(worker.name());
			}
		}
		this.seen = now;
		this.stuck = !stuckNow.isEmpty();
		tell(stuckNow);
	}

	private void tell(Set<String> stuckNow) {
		for (String name : stuckNow) {
			if (this.told.add(name)) {
				logger.error("Thread {} has not got on with its work for too long; this node is not ready", name);
			}
		}
		this.told.removeIf((name) -> {
			if (stuckNow.contains(name)) {
				return false;
			}
			logger.info("Thread {} gets on with its work again", name);
			return true;
		});
	}

	@Override
	public Health health() {
		boolean blind = System.nanoTime() - this.lookedAt > BLIND;
		return (this.stuck || blind) ? Health.down().build() : Health.up().build();
	}

	@Override
	public void destroy() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * What was seen of a thread.
	 *
	 * @param progress how far it was
	 * @param looks how many times in a row it had work and was as far
	 */
	private record Seen(long progress, long looks) {

		static Seen of(Worker worker, @Nullable Seen before) {
			long progress = worker.progress().getAsLong();
			boolean same = before != null && before.progress == progress && worker.busy().getAsBoolean();
			return new Seen(progress, (before != null && same) ? before.looks + 1 : 0);
		}

	}

}
