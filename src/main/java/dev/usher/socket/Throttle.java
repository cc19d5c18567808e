package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import org.jspecify.annotations.Nullable;

/**
 * How much one connection may send: a little before CONNECTED, then frames and bytes at a
 * rate. Used by the thread that reads.
 */
final class Throttle {

	/** Bytes on the wire before CONNECTED. */
	static final int MAX_UNAUTHENTICATED_BYTES = 16 * 1024;

	private final TokenBucket frames;

	private final TokenBucket bytes;

	private int unauthenticatedBytes;

	/**
	 * The rates of a connection, each with a burst of five times as much.
	 *
	 * @param framesPerSecond STOMP frames and pings, 0 for no limit
	 * @param bytesPerSecond bytes on the wire, 0 for no limit
	 */
	record Rates(int framesPerSecond, long bytesPerSecond) {

	}

	Throttle(Rates rates, long now) {
		this.frames = new TokenBucket(rates.framesPerSecond(), now);
		this.bytes = new TokenBucket(rates.bytesPerSecond(), now);
	}

	/** Counts bytes; answers what they are too much of, or null. */
	@Nullable Reason read(int count, State state, long now) {
		if (state == State.UNAUTHENTICATED) {
			this.unauthenticatedBytes += count;
			if (this.unauthenticatedBytes > MAX_UNAUTHENTICATED_BYTES) {
				return Reason.TOO_LARGE;
			}
		}
		return this.bytes.take(count, now) ? null : Reason.OVERLOADED;
	}

	/** Counts a frame; answers what it is too much of, or null. */
	@Nullable Reason frame(long now) {
		return this.frames.take(1, now) ? null : Reason.OVERLOADED;
	}

}
