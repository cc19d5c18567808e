package dev.usher.cluster;

import java.time.Duration;
import java.util.function.Supplier;

import dev.usher.cluster.ClusterProperties.WhenBlind;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Whether this node hears no longer what others end, while they may go on ending it. It
 * is blind when its last good poll is {@code usher.cluster.blind-after} old and a peer
 * has a younger one, or no peer is heard. If every peer's is as old, the database is away
 * for all: nothing can be ended anywhere, and all carry on. Without peers a node is never
 * blind. Any thread may ask; never blocks.
 */
@Component
public class Blindness {

	private final Supplier<Duration> age;

	private final Duration blindAfter;

	private final WhenBlind whenBlind;

	private final Supplier<@Nullable PeerFreshness> peers;

	private final boolean possible;

	@Autowired
	Blindness(ChangeFeed feed, ClusterProperties properties, ObjectProvider<PeerFreshness> peers) {
		this(feed::age, properties, peers::getIfAvailable, feed.polls());
	}

	Blindness(Supplier<Duration> age, ClusterProperties properties, Supplier<@Nullable PeerFreshness> peers,
			boolean possible) {
		this.age = age;
		this.blindAfter = properties.blindAfter();
		this.whenBlind = properties.whenBlind();
		this.peers = peers;
		this.possible = possible;
	}

	/** Whether this node can become blind at all. */
	public boolean isPossible() {
		return this.possible;
	}

	/** Whether it is blind now. */
	public boolean isBlind() {
		if (!this.possible || this.age.get().compareTo(this.blindAfter) < 0) {
			return false;
		}
		PeerFreshness known = this.peers.get();
		if (known == null || !known.hasPeers()) {
			return false;
		}
		Duration freshest = known.freshest();
		return freshest == null || freshest.compareTo(this.blindAfter) < 0;
	}

	/** Whether it is blind and must not serve: {@code usher.cluster.when-blind}. */
	public boolean isClosed() {
		return this.whenBlind == WhenBlind.CLOSE && isBlind();
	}

}
