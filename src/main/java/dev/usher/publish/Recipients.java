package dev.usher.publish;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.usher.access.UserDirectory;
import dev.usher.access.UserDirectory.User;
import dev.usher.bus.Bus;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.publish.PublishProperties.UnknownUsers;
import dev.usher.thread.FatalErrors;
import org.jspecify.annotations.Nullable;

/**
 * Finds whose a destination is: an account's in any case, else the user's of exactly that
 * name. Mostly that is in memory. Where the user must be looked for, the message waits
 * and its publisher's thread does not; messages to one name keep their order. Any thread
 * may call; never blocks.
 */
final class Recipients {

	/** Bytes that may wait for names; who comes beyond is refused. */
	private static final long MAX_WAITING = 32L * 1024 * 1024;

	/** What a message costs that waits, beside what it weighs. */
	private static final int OVERHEAD = 500;

	private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

	private final Bus bus;

	private final UserDirectory users;

	private final boolean refuseUnknown;

	private final Map<String, Queue<Waiting>> waiting = new ConcurrentHashMap<>();

	private final AtomicLong waitingBytes = new AtomicLong();

	Recipients(Bus bus, UserDirectory users, PublishProperties properties) {
		this.bus = bus;
		this.users = users;
		this.refuseUnknown = properties.unknownUsers() == UnknownUsers.REFUSE;
	}

	/**
	 * Goes on with the destination that is meant, on the caller's thread where its user
	 * is known.
	 * @param written as the publisher wrote it
	 * @throws RefusedException {@link Reason#UNKNOWN_USER} where so configured;
	 * {@link Reason#OVERLOADED} where too much waits. Or the stage fails with it
	 */
	CompletionStage<Published> find(Destination written, Publication publication,
			Function<Destination, CompletionStage<Published>> then) {
		String name = written.owner();
		if (name == null) {
			return then.apply(written);
		}
		if (!this.waiting.containsKey(name)) {
			if (!written.stored() && this.bus.isHeard(written)) {
				// Whoever listens there is known, and by just this name.
				return then.apply(written);
			}
			User user = this.users.known(name);
			if (user != null) {
				return then.apply(of(user, written));
			}
		}
		return await(name, new Waiting(written, publication.weight() + OVERHEAD, then, new CompletableFuture<>()));
	}

	/**
	 * The destination that is meant, for whoever only asks.
	 * @throws RefusedException {@link Reason#UNKNOWN_USER} where so configured. Or the
	 * stage fails with it
	 */
	CompletionStage<Destination> meant(Destination written) {
		String name = written.owner();
		if (name == null) {
			return CompletableFuture.completedFuture(written);
		}
		User user = this.users.known(name);
		return (user != null) ? CompletableFuture.completedFuture(of(user, written))
				: this.users.find(name).thenApply((found) -> of(found, written));
	}

	private Destination of(User user, Destination written) {
		if (!user.exists() && this.refuseUnknown) {
			throw new RefusedException(Reason.UNKNOWN_USER);
		}
		return written.ofUser(user.name());
	}

	private CompletionStage<Published> await(String name, Waiting message) {
		if (this.waitingBytes.addAndGet(message.size()) > MAX_WAITING) {
			this.waitingBytes.addAndGet(-message.size());
			throw new RefusedException(Reason.OVERLOADED, Reason.OVERLOADED.message(), RETRY_AFTER);
		}
		boolean[] first = new boolean[1];
		this.waiting.compute(name, (same, queue) -> {
			first[0] = queue == null;
			Queue<Waiting> all = (queue != null) ? queue : new ArrayDeque<>(2);
			all.add(message);
			return all;
		});
		if (first[0]) {
			this.users.find(name).thenAccept((user) -> goOn(name, user));
		}
		return message.answer();
	}

	/** The user is known; who comes meanwhile waits behind, until none is left. */
	private void goOn(String name, User user) {
		for (Waiting next = next(name); next != null; next = next(name)) {
			this.waitingBytes.addAndGet(-next.size());
			CompletableFuture<Published> answer = next.answer();
			try {
				next.then().apply(of(user, next.written())).whenComplete((published, failure) -> {
					if (failure != null) {
						answer.completeExceptionally(failure);
					}
					else {
						answer.complete(published);
					}
				});
			}
			catch (RuntimeException | Error ex) {
				// Those behind it would wait for ever.
				FatalErrors.endIfFatal(ex);
				answer.completeExceptionally(ex);
			}
		}
	}

	private @Nullable Waiting next(String name) {
		Waiting[] next = new Waiting[1];
		this.waiting.computeIfPresent(name, (same, queue) -> {
			next[0] = queue.poll();
			return (next[0] != null) ? queue : null;
		});
		return next[0];
	}

	/**
	 * A message whose user is looked for.
	 *
	 * @param written its destination as the publisher wrote it
	 * @param size what it takes
	 * @param then publishes it
	 * @param answer what its publisher waits for
	 */
	private record Waiting(Destination written, int size, Function<Destination, CompletionStage<Published>> then,
			CompletableFuture<Published> answer) {

	}

}
