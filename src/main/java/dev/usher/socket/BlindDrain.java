package dev.usher.socket;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.usher.cluster.Blindness;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.stereotype.Component;

/**
 * Sends the connections of a node away that has been blind for {@link #PATIENCE}: on
 * another node they are ended when they are to end. It lets nobody in meanwhile; once it
 * hears again, it does.
 */
@Component
class BlindDrain implements SmartInitializingSingleton, DisposableBean {

	static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(BlindDrain.class);

	private final Blindness blindness;

	private final Drain drain;

	private final ScheduledThread thread = new ScheduledThread("usher-blind-drain",
			new FailureLog(logger, "It could not be seen to that a blind node serves nobody"));

	/** Used by the looking thread alone, as are the others. */
	private boolean blind;

	private long blindSince;

	private boolean drained;

	BlindDrain(Blindness blindness, Drain drain) {
		this.blindness = blindness;
		this.drain = drain;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.blindness.isPossible()) {
			this.thread.scheduleWithFixedDelay(() -> look(System.nanoTime()), PERIOD.toMillis(), PERIOD.toMillis(),
					TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Looks whether the node is blind, and since when.
	 * @param now in nanoseconds of the machine
	 */
	void look(long now) {
		boolean before = this.blind;
		this.blind = this.blindness.isBlind();
		if (this.blind && !before) {
			this.blindSince = now;
			this.drained = false;
			logger.warn("The database cannot be read while other nodes can: whoever they end goes on here. {}",
					(this.blindness.isClosed()) ? "This node is not ready and lets nobody in"
							: "This node goes on all the same, as usher.cluster.when-blind says");
		}
		if (before && !this.blind) {
			logger.info("This node hears again who was ended elsewhere");
		}
		if (this.blindness.isClosed() && !this.drained && now - this.blindSince >= PATIENCE.toNanos()) {
			this.drained = true;
			this.drain.sendAllAway(this.blindness::isClosed);
		}
	}

	@Override
	public void destroy() {
		this.thread.shutdownNow();
	}

}
