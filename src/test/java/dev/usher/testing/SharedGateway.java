package dev.usher.testing;

/**
 * One gateway for all tests that need nothing special of it, started when the first asks:
 * to start one takes longer than most of them. Its heart-beat is short so that a test can
 * wait for one.
 */
public final class SharedGateway {

	/** The interval it promises its clients, in milliseconds. */
	public static final int HEARTBEAT = 800;

	private static TestGateway gateway;

	private SharedGateway() {
	}

	public static synchronized TestGateway get() {
		if (gateway == null) {
			gateway = TestGateway.start("usher.connect.heartbeat=" + HEARTBEAT + "ms", "usher.connect.timeout=10s",
					"usher.origins=https://listed.example.org", "usher.issuers[0].roles=user,service,admin");
			Runtime.getRuntime().addShutdownHook(new Thread(gateway::close));
		}
		return gateway;
	}

}
