package dev.usher.bus.redis;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the bus works, for the log and for health. Told on the control thread, asked by
 * any.
 */
final class BusState {

	private static final Logger logger = LoggerFactory.getLogger(BusState.class);

	private final RedisFault fault;

	private volatile @Nullable String problem = "The bus has not been connected yet.";

	private final Set<String> told = new HashSet<>();

	private long since;

	BusState(RedisFault fault) {
		this.fault = fault;
	}

	/** What is wrong, in a sentence, or null where all is well. */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Something is wrong. Each sentence goes to the log once, until all is well again.
	 * @param why a sentence, or empty where the failure says it
	 */
	void down(String why, @Nullable Throwable failure) {
		String sentence = (failure != null || why.isEmpty()) ? this.fault.sentence(failure) : why;
		if (this.told.isEmpty()) {
			this.since = System.nanoTime();
		}
		if (this.told.add(sentence)) {
			logger.warn("{} Live messages stay on this node until the bus works.", sentence);
		}
		this.problem = sentence;
	}

	/** All lanes work. */
	void up() {
		this.problem = null;
		if (!this.told.isEmpty()) {
			this.told.clear();
			logger.info("The bus on Redis works again after {} s",
					TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.since));
		}
	}

}
