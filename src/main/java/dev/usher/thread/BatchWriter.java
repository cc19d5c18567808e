package dev.usher.thread;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Writes down in batches what comes one by one, on one thread of its own: a transaction
 * for each made a connect cost twice as much. Any thread may call.
 *
 * @param <K> what is written down once, however often it came
 * @param <V> the last that is known of it
 */
public final class BatchWriter<K, V> implements AutoCloseable {

	/** Of one transaction: as long as it lasts, it holds the rows it wrote. */
	private static final int BATCH = 500;

	private static final int MAX_WAITING = 20_000;

	private static final int CLOSE_SECONDS = 5;

	private final Duration gather;

	private final FailureLog failures;

	private final ScheduledThread thread;

	private final Consumer<Map<K, V>> write;

	private final Consumer<Map<K, V>> lost;

	private final Map<K, V> waiting = new LinkedHashMap<>();

	/**
	 * Starts its thread with the first that comes.
	 * @param name of the thread
	 * @param gather for how long the first of a batch waits for others
	 * @param failures notes what {@code write} throws
	 * @param write writes a batch, on that thread
	 * @param lost is told of a batch whose {@code write} threw
	 */
	public BatchWriter(String name, Duration gather, FailureLog failures, Consumer<Map<K, V>> write,
			Consumer<Map<K, V>> lost) {
		this.gather = gather;
		this.failures = failures;
		this.thread = new ScheduledThread(name, failures);
		this.write = write;
		this.lost = lost;
	}

	/**
	 * Writes something down soon. Never blocks.
	 * @return false where 20,000 wait, or where it is closed
	 */
	public boolean add(K key, V value) {
		synchronized (this.waiting) {
			if (this.waiting.size() >= MAX_WAITING || (this.waiting.isEmpty() && !schedule())) {
				return false;
			}
			this.waiting.put(key, value);
			return true;
		}
	}

	private boolean schedule() {
		try {
			this.thread.schedule(this::writeAll, this.gather.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (RejectedExecutionException ex) {
			return false;
		}
	}

	private void writeAll() {
		for (Map<K, V> batch = take(); !batch.isEmpty(); batch = take()) {
			try {
				this.write.accept(batch);
			}
			catch (Throwable ex) {
				// Whatever it is: the rest waits for this thread, and nobody schedules it
				// again.
				this.failures.note(ex);
				this.lost.accept(batch);
			}
		}
	}

	private Map<K, V> take() {
		Map<K, V> taken = new LinkedHashMap<>();
		synchronized (this.waiting) {
			Iterator<Map.Entry<K, V>> entries = this.waiting.entrySet().iterator();
			while (entries.hasNext() && taken.size() < BATCH) {
				Map.Entry<K, V> entry = entries.next();
				taken.put(entry.getKey(), entry.getValue());
				entries.remove();
			}
		}
		return taken;
	}

	/**
	 * Writes what still waits, on the caller's thread. Does not interrupt a write that is
	 * under way, for that may close the file of an embedded database for everybody.
	 */
	@Override
	public void close() {
		this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.thread.shutdown();
		try {
			if (this.thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
				writeAll();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
