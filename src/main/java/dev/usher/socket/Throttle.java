package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.socket.StompConnection.State;
import dev.usher.throttle.TokenBucket;
import org.jspecify.annotations.Nullable;

/**
 * How much one connection may send: a little before CONNECTED, then frames and bytes at a
 * rate. Used by the thread that reads.
 */
final class Throttle {

	/** Bytes on the wire before CONNECTED. */
	static final int MAX_UNAUTHENTICATED_BYTES = 16 * 1024;

	/** The burst is this many seconds of the rate. */
	private static final int BURST_SECONDS = 5;

	private final @Nullable TokenBucket frames;

	private final @Nullable TokenBucket bytes;

	private int unauthenticatedBytes;

	/**
	 * The rates of a connection, each with a burst of five times as many.
	 *
	 * @param framesPerSecond STOMP frames and pings, 0 for no limit
	 * @param bytesPerSecond bytes on the wire, 0 for no limit
	 */
	record Rates(int framesPerSecond, long bytesPerSecond) {

	}

	Throttle(Rates rates, long now) {
		this.frames = bucket(rates.framesPerSecond(), now);
		this.bytes = bucket(rates.bytesPerSecond(), now);
	}

	private static @Nullable TokenBucket bucket(long perSecond, long now) {
		return (perSecond > 0) ? new TokenBucket(perSecond * BURST_SECONDS, perSecond, 1000, now) : null;
	}

	/** Counts bytes; answers what they are too much of, or null. */
	@Nullable Reason read(int count, State state, long now) {
		if (state == State.UNAUTHENTICATED) {
			this.unauthenticatedBytes += count;
			if (this.unauthenticatedBytes > MAX_UNAUTHENTICATED_BYTES) {
				return Reason.TOO_LARGE;
			}
		}
		return take(this.bytes, count, now);
	}

	/** Counts a frame; answers what it is too much of, or null. */
	@Nullable Reason frame(long now) {
		return take(this.frames, 1, now);
	}

	private static @Nullable Reason take(@Nullable TokenBucket bucket, int count, long now) {
		return (bucket == null || bucket.take(count, now) == 0) ? null : Reason.OVERLOADED;
	}

}
