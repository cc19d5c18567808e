package dev.usher.socket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import dev.usher.protocol.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Sends the connections of this node away when the process ends: a few at a time, each
 * told to come back at a different moment, so that the other nodes, or this one when it
 * is back, do not get them all at once. Stops first of all, while everything still works.
 */
@Component
class Drain implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Drain.class);

	private static final Duration STEP = Duration.ofMillis(100);

	/** A few connections need not take all the time there is. */
	private static final int LEAST_PER_STEP = 10;

	/** Beyond the drain itself, for the peers to answer the close. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final Admission admission;

	private final Connections connections;

	private final Duration time;

	private volatile boolean running;

	Drain(SocketProperties properties, Admission admission, Connections connections) {
		this.time = properties.drain();
		this.admission = admission;
		this.connections = connections;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.admission.drain();
		sendAllAway(() -> true);
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
