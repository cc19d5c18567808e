package dev.usher.messaging;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.WorkerPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;

/**
 * The threads that methods of extensions run on. Those of one session run one after the
 * other, in the order of its frames, and a session that has had its turn goes to the end
 * of the line: one that sleeps holds up no other. What waits is bounded for each session
 * and in all.
 */
final class HandlerThreads implements MeterBinder, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(HandlerThreads.class);

	private static final Duration LATER = Duration.ofSeconds(5);

	/** Nobody watches these threads: how long a method takes is its author's matter. */
	private static final Duration PATIENCE = Duration.ofDays(1);

	private static final int LAST_SECONDS = 5;

	private final HandlerProperties properties;

	private final WorkerPool pool;

	private final ConcurrentHashMap<String, Queue<Waiting>> sessions = new ConcurrentHashMap<>();

	/** Those that run are among them. */
	private final AtomicInteger waiting = new AtomicInteger();

	/** What they hold, also for connections that are gone. */
	private final AtomicLong waitingBytes = new AtomicLong();

	HandlerThreads(HandlerProperties properties) {
		this.properties = properties;
		this.pool = new WorkerPool("usher-handler-", properties.threads(), new LinkedBlockingQueue<>(), PATIENCE);
		this.pool.allowCoreThreadTimeOut(true);
	}

	/**
	 * Has a task run behind those of the same session.
	 * @param bytes what it holds in memory until it has run
	 * @throws RefusedException {@link Reason#OVERLOADED} where too many wait
	 */
	void execute(String session, int bytes, Runnable task) {
		boolean tooMany = this.waiting.incrementAndGet() > this.properties.waiting();
		if (this.waitingBytes.addAndGet(bytes) > this.properties.waitingBytes().bytes(HandlerProperties.LEAST_BYTES)
				|| tooMany) {
			done(bytes);
			throw overloaded("More frames wait for methods of extensions than this node holds.");
		}
		boolean[] first = new boolean[1];
		boolean[] full = new boolean[1];
		this.sessions.compute(session, (id, present) -> {
			first[0] = present == null;
			Queue<Waiting> queue = (present != null) ? present : new ArrayDeque<>(2);
			full[0] = queue.size() > this.properties.waitingPerConnection();
			if (!full[0]) {
				queue.add(new Waiting(task, bytes));
			}
			return queue;
		});
		if (full[0]) {
			done(bytes);
			throw overloaded("Too many frames of this connection wait for methods of extensions.");
		}
		if (first[0]) {
			queue(session);
		}
	}

	private void done(int bytes) {
		this.waiting.decrementAndGet();
		this.waitingBytes.addAndGet(-bytes);
	}

	private void queue(String session) {
		try {
			this.pool.execute(() -> run(session));
		}
		catch (RejectedExecutionException ex) {
			log.debug("The node goes down, and frames of {} are not handled any more", session);
		}
	}

	private static RefusedException overloaded(String text) {
		return new RefusedException(Reason.OVERLOADED, text, LATER);
	}

	/** Runs the first task; it stays in the queue meanwhile, so that the next waits. */
	private void run(String session) {
		Waiting first = first(session);
		try {
			first.task().run();
		}
		finally {
			done(first.bytes());
			if (hasMore(session)) {
				queue(session);
			}
		}
	}

	/** There is one: a session is in line for as long as it has any. */
	private Waiting first(String session) {
		Waiting[] first = new Waiting[1];
		this.sessions.computeIfPresent(session, (id, queue) -> {
			first[0] = queue.element();
			return queue;
		});
		return first[0];
	}

	private boolean hasMore(String session) {
		return this.sessions.computeIfPresent(session, (id, queue) -> {
			queue.poll();
			return (queue.isEmpty()) ? null : queue;
		}) != null;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("usher.handlers.waiting", this.waiting, AtomicInteger::doubleValue)
			.description("Frames that wait for methods of extensions or are handled by them")
			.register(registry);
	}

	/** What runs may end; what waits is gone with its connections. */
	@Override
	public void destroy() throws InterruptedException {
		this.pool.shutdown();
		this.pool.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * What waits.
	 *
	 * @param task what to run
	 * @param bytes what it holds in memory
	 */
	private record Waiting(Runnable task, int bytes) {

	}

}
