package dev.usher.socket;

import java.time.Duration;

import dev.usher.stomp.FrameLimits;
import dev.usher.websocket.WebSocketLimits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of connections.
 *
 * @param connect {@code usher.connect}
 * @param frame {@code usher.frame}
 * @param outbound {@code usher.outbound}
 * @param compression {@code usher.compression}: whether permessage-deflate is spoken to
 * clients that offer it, which costs CPU for each message and memory while one is
 * inflated; off by default
 */
@ConfigurationProperties("usher")
public record SocketProperties(@DefaultValue Connect connect, @DefaultValue Frame frame,
		@DefaultValue Outbound outbound, @DefaultValue("false") boolean compression) {

	/** How long a peer has to answer a close before the connection is cut. */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	FrameLimits frameLimits() {
		return new FrameLimits((int) this.frame.max.toBytes(), FrameLimits.DEFAULTS.headers(),
				FrameLimits.DEFAULTS.headerLine());
	}

	WebSocketLimits webSocketLimits() {
		return new WebSocketLimits((int) this.outbound.maxBytes.toBytes(), CLOSE_TIMEOUT, this.compression);
	}

	/**
	 * The life of a connection.
	 *
	 * @param timeout {@code usher.connect.timeout}, from the handshake to CONNECTED, wall
	 * clock; 5 s by default
	 * @param heartbeat {@code usher.connect.heartbeat}, the shortest interval at which
	 * the gateway sends heart-beats and the one at which it would like to get them; 10 s
	 * by default, 0 for none
	 */
	public record Connect(@DefaultValue("5s") Duration timeout, @DefaultValue("10s") Duration heartbeat) {

		public Connect {
			check(timeout.toMillis() >= 100, "usher.connect.timeout must be 100ms at least, but is " + timeout);
			check(heartbeat.isZero() || heartbeat.toMillis() >= 100,
					"usher.connect.heartbeat must be 0 or 100ms at least, but is " + heartbeat);
		}

	}

	/**
	 * The size of a frame.
	 *
	 * @param max {@code usher.frame.max}, bytes of a STOMP frame from a client; 64 KiB by
	 * default
	 */
	public record Frame(@DefaultValue("64KB") DataSize max) {

		public Frame {
			check(max.toBytes() >= 1024 && max.toBytes() <= 16 * 1024 * 1024,
					"usher.frame.max must be between 1KB and 16MB, but is " + max);
		}

	}

	/**
	 * What may wait for a slow reader.
	 *
	 * @param maxBytes {@code usher.outbound.max-bytes}, queued for one connection; over
	 * it the connection ends with {@code slow_consumer}; 1 MiB by default
	 * @param maxAge {@code usher.outbound.max-age}, how long the oldest frame may wait;
	 * over it likewise; 30 s by default
	 */
	public record Outbound(@DefaultValue("1MB") DataSize maxBytes, @DefaultValue("30s") Duration maxAge) {

		public Outbound {
			check(maxBytes.toBytes() >= 64 * 1024 && maxBytes.toBytes() <= 1024 * 1024 * 1024,
					"usher.outbound.max-bytes must be between 64KB and 1GB, but is " + maxBytes);
			check(maxAge.toMillis() >= 1000, "usher.outbound.max-age must be 1s at least, but is " + maxAge);
		}

	}

	private static void check(boolean valid, String message) {
		if (!valid) {
			throw new IllegalArgumentException(message);
		}
	}

}
