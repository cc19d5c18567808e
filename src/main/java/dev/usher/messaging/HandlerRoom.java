package dev.usher.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Counts the frames that wait for methods of extensions, those that run among them, and
 * what they hold, also for connections that are gone. They are bounded for each
 * connection, for each user and in all. A user who has any may have a tenth of all, so
 * that nobody's connections together keep out those of others. Any thread may call.
 */
final class HandlerRoom {

	/** The part of a user: one in so many. */
	private static final int SHARES = 10;

	private static final Duration LATER = Duration.ofSeconds(5);

	private final int ofConnection;

	private final Held most;

	private final Held mostOfUser;

	private Held all = Held.NOTHING;

	private final Map<String, Held> users = new HashMap<>();

	private final Map<String, Held> connections = new HashMap<>();

	HandlerRoom(HandlerProperties properties) {
		// One of them runs, and the others wait.
		this.ofConnection = properties.waitingPerConnection() + 1;
		long bytes = properties.waitingBytes().bytes(HandlerProperties.LEAST_BYTES);
		this.most = new Held(properties.waiting(), bytes);
		this.mostOfUser = new Held(Math.max(this.ofConnection, properties.waiting() / SHARES), bytes / SHARES);
	}

	/**
	 * Takes room for frames, for all of them or for none.
	 * @param bytes what they hold together
	 * @throws RefusedException {@link Reason#OVERLOADED} where there is not enough
	 */
	void take(String connection, String user, int frames, long bytes) {
		String refusal = tryTake(connection, user, new Held(frames, bytes));
		if (refusal != null) {
			throw new RefusedException(Reason.OVERLOADED, refusal, LATER);
		}
	}

	private synchronized @Nullable String tryTake(String connection, String user, Held more) {
		Held ofConnection = this.connections.getOrDefault(connection, Held.NOTHING).plus(more);
		Held ofUser = this.users.getOrDefault(user, Held.NOTHING).plus(more);
		Held all = this.all.plus(more);
		if (ofConnection.frames() > this.ofConnection) {
			return "Too many frames of this connection wait for methods of extensions.";
		}
		if (!all.fits(this.most)) {
			return "More frames wait for methods of extensions than this node holds.";
		}
		// Whoever has none may have what is larger than a share, such as one long frame.
		if (!ofUser.fits(this.mostOfUser) && this.users.containsKey(user)) {
			return "Too many frames of this user wait for methods of extensions.";
		}
		this.connections.put(connection, ofConnection);
		this.users.put(user, ofUser);
		this.all = all;
		return null;
	}

	/** Gives back room that was taken. */
	synchronized void give(String connection, String user, int frames, long bytes) {
		Held less = new Held(-frames, -bytes);
		this.connections.computeIfPresent(connection, (id, held) -> held.plus(less).orNull());
		this.users.computeIfPresent(user, (name, held) -> held.plus(less).orNull());
		this.all = this.all.plus(less);
	}

	synchronized int frames() {
		return this.all.frames();
	}

	/**
	 * What is held.
	 *
	 * @param frames how many
	 * @param bytes what they take
	 */
	private record Held(int frames, long bytes) {

		private static final Held NOTHING = new Held(0, 0);

		Held plus(Held more) {
			return new Held(this.frames + more.frames, this.bytes + more.bytes);
		}

		boolean fits(Held most) {
			return this.frames <= most.frames && this.bytes <= most.bytes;
		}

		@Nullable Held orNull() {
			return (this.frames > 0) ? this : null;
		}

	}

}
