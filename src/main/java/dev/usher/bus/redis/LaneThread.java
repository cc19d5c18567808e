package dev.usher.bus.redis;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.usher.thread.FailureLog;
import dev.usher.thread.Worker;

/**
 * A daemon thread that works as long as there is something to do and sleeps until it is
 * woken. Nothing it does can end it but {@link #close}.
 */
final class LaneThread {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Thread thread;

	private final FailureLog failures;

	private final BooleanSupplier work;

	private final Worker worker;

	private volatile boolean asleep;

	private volatile boolean closed;

	private volatile long turns;

	/**
	 * @param work does some and says whether it had something to do
	 */
	LaneThread(String name, FailureLog failures, BooleanSupplier work) {
		this.failures = failures;
		this.work = work;
		this.thread = new Thread(this::run, name);
		this.thread.setDaemon(true);
		this.worker = new Worker(name, PATIENCE, () -> !this.asleep && !this.closed, () -> this.turns);
	}

	void start() {
		this.thread.start();
	}

	/** Has it look for work. Any thread, after the work was put where it is found. */
	void wake() {
		if (this.asleep) {
			LockSupport.unpark(this.thread);
		}
	}

	/** How it is watched. */
	Worker worker() {
		return this.worker;
	}

	/** Lets it end after what it is doing. */
	void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

	private void run() {
		while (!this.closed) {
			if (!turn()) {
				this.asleep = true;
				// What came before it fell asleep has woken nobody.
				if (!turn() && !this.closed) {
					LockSupport.park(this);
				}
				this.asleep = false;
			}
		}
	}

	private boolean turn() {
		try {
			return this.work.getAsBoolean();
		}
		catch (Throwable ex) {
			this.failures.note(ex);
			return true;
		}
		finally {
			this.turns++;
		}
	}

}
