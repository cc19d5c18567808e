package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * Changes of subscriptions that are sent together and wait to be confirmed.
 *
 * @param more channels that are subscribed to
 * @param fewer channels that no longer are
 */
record SubscribeWindow(StatefulRedisPubSubConnection<byte[], byte[]> connection, List<String> more,
		List<String> fewer) {

	static SubscribeWindow empty(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
		return new SubscribeWindow(connection, List.of(), List.of());
	}

	/** How many confirmations there will be. */
	int size() {
		return this.more.size() + this.fewer.size();
	}

	/**
	 * Sends the changes.
	 * @param prefix of the names of channels
	 * @return fails where the engine refuses them
	 */
	CompletableFuture<Void> send(String prefix) {
		CompletableFuture<Void> subscribed = (this.more.isEmpty()) ? CompletableFuture.completedFuture(null)
				: this.connection.async().subscribe(bytes(prefix, this.more)).toCompletableFuture();
		CompletableFuture<Void> unsubscribed = (this.fewer.isEmpty()) ? CompletableFuture.completedFuture(null)
				: this.connection.async().unsubscribe(bytes(prefix, this.fewer)).toCompletableFuture();
		return CompletableFuture.allOf(subscribed, unsubscribed);
	}

	private static byte[][] bytes(String prefix, List<String> names) {
		return names.stream().map((name) -> (prefix + name).getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
	}

}
