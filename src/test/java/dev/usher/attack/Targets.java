package dev.usher.attack;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The two gateways that all attacks share: one as it comes, and one whose limits are
 * small, so that they can be reached.
 */
final class Targets {

	/** Milliseconds from the handshake to CONNECTED, of the one with small limits. */
	static final int TIMEOUT = 6000;

	/** How many sockets of an address may wait there for their CONNECT. */
	static final int PENDING = 50;

	/** How many sockets a user may have there. */
	static final int PER_USER = 3;

	/** How many stored destinations of one user a publisher may make there. */
	static final int LOGS_PER_OWNER = 20;

	/** How many bytes may be stored there for one user. */
	static final long OWNER_BYTES = 1024 * 1024;

	/** How many bytes one publisher may store there in a day. */
	static final long PUBLISHER_BYTES = 3 * 1024 * 1024;

	private static final Map<Target, Footprint> before = new HashMap<>();

	private static Target usual;

	private static Target tight;

	private Targets() {
	}

	static void start() {
		usual = Target.start("192m", "usher.origins=https://listed.example.org", "usher.connect.per-user=0");
		tight = Target.start("128m", "usher.connect.timeout=" + TIMEOUT + "ms", "usher.connect.heartbeat=500ms",
				"usher.connect.pending-per-address=" + PENDING, "usher.connect.per-user=" + PER_USER,
				"usher.connect.frames-per-second=100", "usher.connect.bytes-per-second=64KB",
				"usher.outbound.max-bytes=64KB", "usher.outbound.max-age=1s", "usher.compression=true",
				"usher.proxies=127.0.0.1", "usher.http.request-timeout=3s", "usher.login.remembered=1000",
				"usher.inbox.logs-per-owner=" + LOGS_PER_OWNER, "usher.inbox.owner-bytes=" + OWNER_BYTES + "B",
				"usher.inbox.publisher-bytes=" + PUBLISHER_BYTES + "B", "server.jetty.accesslog.enabled=true",
				"server.jetty.accesslog.filename={data}/access.log");
		Stream.of(usual, tight).forEach((target) -> {
			target.awaitUp();
			target.connect("first").close();
			before.put(target, Footprint.of(target));
		});
	}

	static void stop() {
		if (usual != null) {
			usual.stop();
		}
		if (tight != null) {
			tight.stop();
		}
	}

	/** What one held when it had just started. */
	static Footprint before(Target target) {
		return before.get(target);
	}

	/**
	 * The gateway as it comes; it lets pages of {@code listed.example.org} in, and a user
	 * have thousands of connections.
	 */
	static Target usual() {
		return usual;
	}

	/**
	 * The gateway with small limits; it speaks permessage-deflate, believes what this
	 * machine forwards, and keeps an access log.
	 */
	static Target tight() {
		return tight;
	}

}
