package dev.usher.bus.redis;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How far the frames of each origin have come on one lane, so that none counts twice. An
 * origin that was silent for so long that its frames would be {@linkplain #MOST_AGE too
 * old} is forgotten. For one thread.
 */
final class SeenFrames {

	/**
	 * Clocks of nodes differ by 5 s at most, and Redis keeps nothing; more than this is
	 * no delay but a repetition.
	 */
	static final Duration MOST_AGE = Duration.ofMinutes(1);

	private static final int LOOK_AT = 1024;

	private final Map<Long, Last> last = new HashMap<>();

	/** Takes note of a frame; says what is wrong with it, if something is. */
	@Nullable FrameFault note(BusFrame frame, long now) {
		if (Math.abs(now - frame.time()) > MOST_AGE.toMillis()) {
			return FrameFault.STALE;
		}
		Last before = this.last.get(frame.origin());
		if (before != null && frame.sequence() <= before.sequence) {
			return FrameFault.REPLAY;
		}
		if (before == null) {
			forget(now);
			before = new Last();
			this.last.put(frame.origin(), before);
		}
		before.sequence = frame.sequence();
		before.at = Math.max(before.at, Math.max(now, frame.time()));
		return null;
	}

	private void forget(long now) {
		if (this.last.size() >= LOOK_AT) {
			this.last.values().removeIf((each) -> now - each.at > 2 * MOST_AGE.toMillis());
		}
	}

	private static final class Last {

		private long sequence;

		private long at;

	}

}
