package dev.usher.bus.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.usher.bus.Reach;
import org.jspecify.annotations.Nullable;

/**
 * A channel that somebody here wants, and how far the engine knows of it. Guarded by the
 * map it is in: read and changed within {@code compute} alone.
 */
final class WantedChannel {

	final String name;

	/** How many want it. With none it is on its way out. */
	int uses;

	/** SUBSCRIBE was sent on the connection of now, and no UNSUBSCRIBE after it. */
	boolean sent;

	/** The engine has confirmed that. Read outside the map as well. */
	volatile boolean confirmed;

	/** It is in the queue of what has changed. */
	boolean queued;

	/** Who waits for the confirmation. */
	@Nullable List<CompletableFuture<Reach>> waiting;

	WantedChannel(String name) {
		this.name = name;
	}

	List<CompletableFuture<Reach>> takeWaiting() {
		List<CompletableFuture<Reach>> taken = this.waiting;
		this.waiting = null;
		return (taken != null) ? taken : List.of();
	}

}
