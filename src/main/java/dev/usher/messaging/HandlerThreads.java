package dev.usher.messaging;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.SerialTasks;
import dev.usher.thread.WorkerPool;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;

/**
 * The threads that methods of extensions run on. Those of one session run one after the
 * other, in the order of its frames, and a session that has had its turn goes to the end
 * of the line: one that sleeps holds up no other. What waits is bounded by
 * {@link HandlerRoom}.
 */
final class HandlerThreads implements MeterBinder, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(HandlerThreads.class);

	/** Nobody watches these threads: how long a method takes is its author's matter. */
	private static final Duration PATIENCE = Duration.ofDays(1);

	private static final int LAST_SECONDS = 5;

	private final WorkerPool pool;

	private final SerialTasks sessions;

	private final HandlerRoom room;

	private volatile @Nullable Timer methods;

	HandlerThreads(HandlerProperties properties) {
		this.room = new HandlerRoom(properties);
		this.pool = new WorkerPool("usher-handler-", properties.threads(), new LinkedBlockingQueue<>(), PATIENCE);
		this.pool.allowCoreThreadTimeOut(true);
		this.sessions = new SerialTasks(this.pool);
	}

	/**
	 * Reserves places for frames of one session, all of them or none.
	 * @param bytes what they hold in memory together, until they have run
	 * @throws RefusedException {@link Reason#OVERLOADED} where too many wait
	 */
	Reservation reserve(String session, String user, int frames, long bytes) {
		this.room.take(session, user, frames, bytes);
		return new Reservation(session, user, frames, bytes);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("usher.handlers.waiting", this.room, HandlerRoom::frames)
			.description("Frames that wait for methods of extensions or are handled by them")
			.register(registry);
		this.methods = Timer.builder("usher.handlers.duration")
			.description("Time of methods of extensions, until the future that they return is done")
			.register(registry);
	}

	/** A method has ended, and the future it returned is done. */
	void ran(long nanos) {
		Timer timer = this.methods;
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/** What runs may end; what waits is gone with its connections. */
	@Override
	public void destroy() throws InterruptedException {
		this.pool.shutdown();
		this.pool.awaitTermination(LAST_SECONDS, TimeUnit.SECONDS);
	}

	/** Places of one session; used by one thread. */
	final class Reservation implements AutoCloseable {

		private final String session;

		private final String user;

		private int frames;

		private long bytes;

		private Reservation(String session, String user, int frames, long bytes) {
			this.session = session;
			this.user = user;
			this.frames = frames;
			this.bytes = bytes;
		}

		/**
		 * Has a task run behind those of the same session, in one of these places.
		 * @param held how much of their bytes it holds
		 */
		void execute(int held, Runnable task) {
			this.frames--;
			this.bytes -= held;
			try {
				HandlerThreads.this.sessions.execute(this.session, () -> run(held, task));
			}
			catch (RejectedExecutionException ex) {
				HandlerThreads.this.room.give(this.session, this.user, 1, held);
				log.debug("The node goes down, and frames of {} are not handled any more", this.session);
			}
		}

		private void run(int held, Runnable task) {
			try {
				task.run();
			}
			finally {
				HandlerThreads.this.room.give(this.session, this.user, 1, held);
			}
		}

		/** Gives back the places that are left. */
		@Override
		public void close() {
			if (this.frames > 0) {
				HandlerThreads.this.room.give(this.session, this.user, this.frames, this.bytes);
				this.frames = 0;
			}
		}

	}

}
