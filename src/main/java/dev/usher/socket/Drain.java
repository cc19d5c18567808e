package dev.usher.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.usher.node.DrainListener;
import dev.usher.node.Draining;
import dev.usher.protocol.Reason;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends the connections of this node away when an administrator has it drained or the
 * process ends: a few at a time, each told to come back at a different moment, so that
 * the other nodes, or this one when it is back, do not get them all at once. Stops first
 * of all, while everything still works.
 */
@Component
class Drain implements SmartLifecycle, DrainListener {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private static final Duration STEP = Duration.ofMillis(100);

	/** A few connections need not take all the time there is. */
	private static final int LEAST_PER_STEP = 10;

	/** Beyond the drain itself, for the peers to answer the close. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final Admission admission;

	private final Connections connections;

	private final Draining draining;

	private final Duration time;

	private final ScheduledThread thread = new ScheduledThread("usher-drain",
			new FailureLog(logger, "The connections could not be sent away"));

	private final AtomicBoolean begun = new AtomicBoolean();

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private volatile boolean running;

	Drain(SocketProperties properties, Admission admission, Connections connections, Draining draining) {
		this.draining = draining;
		this.time = properties.drain();
		this.admission = admission;
		this.connections = connections;
	}

	@Override
	public void start() {
		this.running = true;
	}

	/** Lets nobody in from here on, and begins to send away whoever is there. */
	@Override
	public void onDrain() {
		if (this.begun.compareAndSet(false, true)) {
			this.admission.drain();
			this.thread.execute(() -> {
				try {
					sendAllAway(() -> true);
				}
				finally {
					this.over.complete(null);
				}
			});
			this.thread.shutdown();
		}
	}

	/** Waits for those who are being sent away, since now or since it was asked for. */
	@Override
	public void stop() {
		this.draining.begin();
		onDrain();
		this.over.join();
		awaitLast();
		this.running = false;
	}

	/**
	 * Sends the connections of this moment away, over {@code usher.drain}.
	 * @param goOn asked before each step whether to go on
	 */
	void sendAllAway(BooleanSupplier goOn) {
		List<StompConnection> all = new ArrayList<>(this.connections.all());
		if (!all.isEmpty()) {
			logger.info("Sending {} connections away", all.size());
		}
		Collections.shuffle(all);
		int steps = (int) Math.max(1, this.time.toMillis() / STEP.toMillis());
		int perStep = Math.max(LEAST_PER_STEP, (all.size() + steps - 1) / steps);
		for (int from = 0; from < all.size() && goOn.getAsBoolean(); from += perStep) {
			all.subList(from, Math.min(all.size(), from + perStep)).forEach(this::sendAway);
			if (from + perStep < all.size()) {
				LockSupport.parkNanos(STEP.toNanos());
			}
		}
	}

	private void sendAway(StompConnection connection) {
		long most = Math.max(2, this.time.toSeconds());
		Duration later = Duration.ofSeconds(1 + ThreadLocalRandom.current().nextLong(most));
		connection.end(new Ending(Reason.DRAINING, Reason.DRAINING.message(), null, later));
	}

	/** Until the peers have answered, or it has been long enough. */
	private void awaitLast() {
		long deadline = System.nanoTime() + LAST_WORDS.toNanos();
		while (this.connections.size() > 0 && System.nanoTime() < deadline) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
