package dev.usher.publish;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/**
 * Reads the bodies of requests: each up to {@code usher.publish.max-request}, all that
 * wait at once up to {@code usher.publish.max-waiting} together. Bytes count when they
 * arrive, so a client cannot use up the sum by announcing a length.
 */
final class RequestBodies {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	/** Enough for a single message; a longer body has its room doubled. */
	private static final int FIRST_ROOM = 1024;

	private final long maxRequest;

	private final long maxWaiting;

	private final AtomicLong waiting = new AtomicLong();

	RequestBodies(PublishProperties properties) {
		this.maxRequest = properties.maxRequest().toBytes();
		this.maxWaiting = properties.maxWaitingBytes();
	}

	/**
	 * Reads a body, which counts until {@link #release}.
	 * @throws RefusedException {@link Reason#TOO_LARGE} or {@link Reason#OVERLOADED};
	 * then nothing counts
	 */
	byte[] read(InputStream stream) throws IOException {
		byte[] room = new byte[FIRST_ROOM];
		int size = 0;
		boolean whole = false;
		try {
			for (int count = stream.read(room); count >= 0; count = stream.read(room, size, room.length - size)) {
				this.waiting.addAndGet(count);
				size += count;
				checkLimits(size);
				if (size == room.length) {
					room = Arrays.copyOf(room, 2 * size);
				}
			}
			whole = true;
			return Arrays.copyOf(room, size);
		}
		finally {
			if (!whole) {
				release(size);
			}
		}
	}

	private void checkLimits(int size) {
		if (size > this.maxRequest) {
			throw new RefusedException(Reason.TOO_LARGE, "A request has " + this.maxRequest + " bytes at most.");
		}
		if (this.waiting.get() > this.maxWaiting) {
			throw new RefusedException(Reason.OVERLOADED, "More requests are waiting than this node holds.",
					RETRY_AFTER);
		}
	}

	void release(int bytes) {
		this.waiting.addAndGet(-bytes);
	}

	/** How many bytes count now. */
	long waiting() {
		return this.waiting.get();
	}

}
