package dev.usher.socket;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.cluster.Blindness;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.socket.SocketProperties.Connect;
import dev.usher.socket.SocketProperties.Connect.WhenFull;

import org.springframework.stereotype.Component;

/**
 * Whether there is room for one more connection: before the handshake for a stranger, at
 * CONNECT for a caller. Never after CONNECTED, because clients reset their back-off
 * there.
 */
@Component
class Admission {

	/** How long those who are turned away had better wait. */
	static final Duration LATER = Duration.ofSeconds(5);

	private final Connect limits;

	private final Connections connections;

	private final Blindness blindness;

	private volatile boolean draining;

	Admission(SocketProperties properties, Connections connections, Blindness blindness) {
		this.limits = properties.connect();
		this.connections = connections;
		this.blindness = blindness;
	}

	/** From here on nobody is let in. */
	void drain() {
		this.draining = true;
	}

	/**
	 * Lets a stranger in, or throws.
	 * @param address where they come from
	 */
	void handshake(String address) {
		checkDraining();
		int most = this.limits.pendingPerAddress();
		if (most > 0 && this.connections.pendingOf(address) >= most) {
			throw tooManyPending();
		}
	}

	static RefusedException tooManyPending() {
		return new RefusedException(Reason.OVERLOADED,
				"Too many connections from this address have not been authenticated yet.", LATER);
	}

	/**
	 * Takes a place for whoever is verified among their connections on all nodes, where
	 * other nodes count. Never blocks.
	 * @return the caller, or a {@link RefusedException} where there is no place
	 */
	CompletionStage<Caller> reserve(StompConnection connection, CompletionStage<Caller> verified) {
		if (!this.connections.areReserved()) {
			return verified;
		}
		return verified.thenCompose((caller) -> {
			// Who is refused here already need not be asked for elsewhere.
			connect(connection, caller);
			return this.connections.reserve(connection, caller).thenApply((free) -> {
				if (!free) {
					throw tooManyOfUser();
				}
				return caller;
			});
		});
	}

	/** Lets a caller in, or throws. */
	void connect(StompConnection connection, Caller caller) {
		checkDraining();
		if (this.blindness.isClosed()) {
			throw new RefusedException(Reason.OVERLOADED,
					"This node cannot hear now who was ended elsewhere. Connect again to reach another.", LATER);
		}
		checkRoom(connection, caller, 0);
	}

	/**
	 * Lets a caller in for good, or throws. They are counted by now: of two who came at
	 * once for the last place, neither could be told before that it was taken.
	 */
	void connected(StompConnection connection, Caller caller) {
		checkRoom(connection, caller, 1);
		this.connections.countElsewhere(connection, caller);
		if (this.limits.perUser() > 0 && this.limits.whenFull() == WhenFull.REPLACE_OLDEST) {
			replaceOldest(caller.name());
		}
	}

	private void checkRoom(StompConnection connection, Caller caller, int counted) {
		int most = this.limits.perAddress();
		if (most > 0 && this.connections.ofAddress(connection.address()) - counted >= most) {
			throw new RefusedException(Reason.OVERLOADED, "Too many connections from this address.", LATER);
		}
		if (this.limits.perUser() > 0 && this.limits.whenFull() == WhenFull.REFUSE
				&& this.connections.ofUser(caller.name()) - counted >= this.limits.perUser()) {
			throw tooManyOfUser();
		}
	}

	private static RefusedException tooManyOfUser() {
		return new RefusedException(Reason.OVERLOADED, "Too many connections of this user.", LATER);
	}

	/** Sends a user's oldest connections away, where the newest is let in instead. */
	private void replaceOldest(String user) {
		while (this.connections.ofUser(user) > this.limits.perUser()) {
			StompConnection oldest = this.connections.oldestOf(user);
			if (oldest == null) {
				return;
			}
			oldest.end(Ending.of(Reason.REPLACED));
		}
	}

	private void checkDraining() {
		if (this.draining) {
			throw new RefusedException(Reason.DRAINING, Reason.DRAINING.message(), LATER);
		}
	}

}
