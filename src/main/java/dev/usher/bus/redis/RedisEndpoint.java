package dev.usher.bus.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.DefaultClientResources;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * Makes connections to one Redis. None of them reconnects by itself: Lettuce then
 * subscribes again to channels it has forgotten some of, and holds what is published in a
 * queue without a bound. Any thread may call.
 */
final class RedisEndpoint {

	/** Each connection has one thread for as long as it lives, and shares it. */
	private static final int THREADS = 2;

	private final RedisURI uri;

	private final ClientOptions options;

	private @Nullable RedisClient client;

	/**
	 * Nothing is started before the first connection.
	 * @param connectTimeout until a connection is open
	 * @param bundle the keys and certificates of TLS, or null for those of Java
	 */
	RedisEndpoint(RedisURI uri, Duration connectTimeout, @Nullable SslBundle bundle) {
		this.uri = nameless(uri);
		this.options = options(connectTimeout, bundle);
	}

	/**
	 * Lettuce would say its name and version by {@code CLIENT SETINFO}. The user of the
	 * documentation has no right to that, and a Redis that knows it notes each refusal in
	 * its log of access.
	 */
	private static RedisURI nameless(RedisURI uri) {
		uri.setLibraryName("");
		uri.setLibraryVersion("");
		uri.getSentinels().forEach(RedisEndpoint::nameless);
		return uri;
	}

	private static ClientOptions options(Duration connectTimeout, @Nullable SslBundle bundle) {
		ClientOptions.Builder options = ClientOptions.builder()
			.autoReconnect(false)
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			.maintNotificationsConfig(MaintNotificationsConfig.disabled())
			// So that a connection that has subscribed can still be asked how many.
			.protocolVersion(ProtocolVersion.RESP3)
			.socketOptions(SocketOptions.builder().connectTimeout(connectTimeout).keepAlive(true).build())
			// A timer for each command costs more than the command.
			.timeoutOptions(TimeoutOptions.create());
		if (bundle != null) {
			options.sslOptions(ssl(bundle));
		}
		return options.build();
	}

	private static SslOptions ssl(SslBundle bundle) {
		SslOptions.Builder options = SslOptions.builder()
			.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory());
		if (bundle.getOptions().getCiphers() != null) {
			options.cipherSuites(bundle.getOptions().getCiphers());
		}
		if (bundle.getOptions().getEnabledProtocols() != null) {
			options.protocols(bundle.getOptions().getEnabledProtocols());
		}
		return options.build();
	}

	private synchronized RedisClient client() {
		RedisClient client = this.client;
		if (client == null) {
			client = RedisClient.create(DefaultClientResources.builder()
				.ioThreadPoolSize(THREADS)
				.computationThreadPoolSize(THREADS)
				.nettyCustomizer(ConnectionChannel.findable())
				.build());
			client.setOptions(this.options);
			this.client = client;
		}
		return client;
	}

	/** Opens a connection that publishes. */
	CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect() {
		return client().connectAsync(ByteArrayCodec.INSTANCE, this.uri).toCompletableFuture();
	}

	/** Opens a connection that subscribes. */
	CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> connectPubSub() {
		return client().connectPubSubAsync(ByteArrayCodec.INSTANCE, this.uri).toCompletableFuture();
	}

	synchronized void close() {
		RedisClient open = this.client;
		if (open != null) {
			open.shutdown(0, 2, TimeUnit.SECONDS);
			open.getResources().shutdown(0, 2, TimeUnit.SECONDS);
		}
	}

}
