package dev.usher.start;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which of the two ports is taken, and how to give the second one another. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class ManagementPortFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

	private final Environment environment;

	ManagementPortFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
		String management = this.environment.getProperty("management.server.port", "");
		if (!management.equals(String.valueOf(cause.getPort()))) {
			return null;
		}
		return new FailureAnalysis("Port " + cause.getPort() + ", where metrics are served, was already in use.",
				"Another Usher on this machine may have it. Give this one another with management.server.port, "
						+ "or -1 for no metrics.",
				cause);
	}

}
