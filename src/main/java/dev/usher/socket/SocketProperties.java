package dev.usher.socket;

import java.time.Duration;

import dev.usher.presence.Presence.Limit;
import dev.usher.socket.Throttle.Rates;
import dev.usher.stomp.FrameLimits;
import dev.usher.thread.HeapSize;
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
 * @param drain {@code usher.drain}: how long the connections are sent away when the
 * process ends; 20 s by default, 5 min at most
 */
@ConfigurationProperties("usher")
public record SocketProperties(@DefaultValue Connect connect, @DefaultValue Frame frame,
		@DefaultValue Outbound outbound, @DefaultValue("false") boolean compression,
		@DefaultValue("20s") Duration drain) {

	/** How long a peer has to answer a close before the connection is cut. */
	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	public SocketProperties {
		check(!drain.isNegative() && drain.toSeconds() <= 300,
				"usher.drain must be between 0s and 5m, but is " + drain);
	}

	Rates rates() {
		return new Rates(this.connect.framesPerSecond, this.connect.bytesPerSecond.toBytes());
	}

	FrameLimits frameLimits() {
		return new FrameLimits((int) this.frame.max.toBytes(), FrameLimits.DEFAULTS.headers(),
				FrameLimits.DEFAULTS.headerLine());
	}

	WebSocketLimits webSocketLimits() {
		return new WebSocketLimits((int) this.outbound.maxBytes.toBytes(), (int) this.frame.max.toBytes(),
				CLOSE_TIMEOUT, this.compression);
	}

	/**
	 * The life of a connection.
	 *
	 * @param timeout {@code usher.connect.timeout}, from the handshake to CONNECTED, wall
	 * clock; 5 s by default
	 * @param disconnectTimeout {@code usher.connect.disconnect-timeout}, how long
	 * DISCONNECT waits for methods of extensions that have not ended; 1 minute by default
	 * @param heartbeat {@code usher.connect.heartbeat}, the shortest interval at which
	 * the gateway sends heart-beats and the one at which it would like to get them; 10 s
	 * by default, 0 for none
	 * @param expiryNotice {@code usher.connect.expiry-notice}, how long before its token
	 * ends a connection is told so; 60 s by default, 0 for never
	 * @param pendingPerAddress {@code usher.connect.pending-per-address}, connections of
	 * one address that are not CONNECTED yet; 100 by default, 0 for no limit
	 * @param perAddress {@code usher.connect.per-address}, connections of one address; 0,
	 * no limit, by default
	 * @param perUser {@code usher.connect.per-user}, connections of one user on all
	 * nodes; 100 by default, 0 for no limit
	 * @param whenFull {@code usher.connect.when-full}, what happens to a user's
	 * connection beyond that; refused by default
	 * @param framesPerSecond {@code usher.connect.frames-per-second}, STOMP frames and
	 * pings of one connection, with a burst of five times as many; 1000 by default, 0 for
	 * no limit
	 * @param bytesPerSecond {@code usher.connect.bytes-per-second}, likewise; 1 MiB by
	 * default, 0 for no limit
	 */
	public record Connect(@DefaultValue("5s") Duration timeout, @DefaultValue("1m") Duration disconnectTimeout,
			@DefaultValue("10s") Duration heartbeat, @DefaultValue("60s") Duration expiryNotice,
			@DefaultValue("100") int pendingPerAddress, @DefaultValue("0") int perAddress,
			@DefaultValue("100") int perUser, @DefaultValue("refuse") WhenFull whenFull,
			@DefaultValue("1000") int framesPerSecond, @DefaultValue("1MB") DataSize bytesPerSecond) {

		/** What becomes of a connection beyond {@code usher.connect.per-user}. */
		public enum WhenFull {

			/** It is refused. */
			REFUSE,

			/** It is let in, and the user's oldest ends with {@code replaced}. */
			REPLACE_OLDEST

		}

		public Connect {
			check(timeout.toMillis() >= 100, "usher.connect.timeout must be 100ms at least, but is " + timeout);
			check(disconnectTimeout.toMillis() >= 100,
					"usher.connect.disconnect-timeout must be 100ms at least, but is " + disconnectTimeout);
			check(heartbeat.isZero() || heartbeat.toMillis() >= 100,
					"usher.connect.heartbeat must be 0 or 100ms at least, but is " + heartbeat);
			check(!expiryNotice.isNegative(),
					"usher.connect.expiry-notice must not be negative, but is " + expiryNotice);
			checkNotNegative("usher.connect.pending-per-address", pendingPerAddress);
			checkNotNegative("usher.connect.per-address", perAddress);
			checkNotNegative("usher.connect.per-user", perUser);
			checkNotNegative("usher.connect.frames-per-second", framesPerSecond);
			checkNotNegative("usher.connect.bytes-per-second", bytesPerSecond.toBytes());
		}

		/**
		 * The limit that nodes share. A connect may spend a quarter of its time on it.
		 */
		Limit limit() {
			return new Limit(this.perUser, this.whenFull == WhenFull.REPLACE_OLDEST, this.timeout.dividedBy(4));
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
	 * @param maxTotal {@code usher.outbound.max-total}, held for all connections together
	 * whose clients do not take it, a size or a share of the heap; over it the slowest
	 * end likewise; {@code 25%} by default
	 */
	public record Outbound(@DefaultValue("1MB") DataSize maxBytes, @DefaultValue("30s") Duration maxAge,
			@DefaultValue("25%") HeapSize maxTotal) {

		private static final long LEAST_TOTAL = 1024 * 1024;

		public Outbound {
			check(maxBytes.toBytes() >= 64 * 1024 && maxBytes.toBytes() <= 1024 * 1024 * 1024,
					"usher.outbound.max-bytes must be between 64KB and 1GB, but is " + maxBytes);
			check(maxAge.toMillis() >= 1000, "usher.outbound.max-age must be 1s at least, but is " + maxAge);
			maxTotal.check("usher.outbound.max-total", LEAST_TOTAL);
		}

		/** Bytes all connections may hold together. */
		long maxTotalBytes() {
			return this.maxTotal.bytes(LEAST_TOTAL);
		}

		/** Bytes of a connection's queue that stored messages may fill. */
		int storedBytes() {
			return (int) this.maxBytes.toBytes() / 2;
		}

	}

	private static void checkNotNegative(String property, long value) {
		check(value >= 0, property + " must not be negative, but is " + value);
	}

	private static void check(boolean valid, String message) {
		if (!valid) {
			throw new IllegalArgumentException(message);
		}
	}

}
