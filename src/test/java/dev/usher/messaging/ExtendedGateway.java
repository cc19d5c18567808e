package dev.usher.messaging;

import java.util.List;

import dev.usher.testing.TestGateway;
import extension.Extension;

/** One gateway with an extension, for all tests that need nothing special of it. */
final class ExtendedGateway {

	private static TestGateway gateway;

	private ExtendedGateway() {
	}

	static synchronized TestGateway get() {
		if (gateway == null) {
			gateway = TestGateway.with(Extension.class, "usher.access[4].destination=/app/admin/**",
					"usher.access[4].publish=admin", "usher.issuers[0].roles=user,admin",
					"usher.handlers.waiting-per-connection=5");
			Runtime.getRuntime().addShutdownHook(new Thread(gateway::close));
		}
		return gateway;
	}

}
