package dev.usher.start;

import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Says which of the two addresses is another machine's. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class ForeignAddressFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private final Environment environment;

	ForeignAddressFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		if (!String.valueOf(cause.getMessage()).contains("assign requested address")) {
			return null;
		}
		for (String property : List.of("server.address", "management.server.address")) {
			String address = this.environment.getProperty(property, "");
			if (!address.isBlank() && isTried(address, rootFailure)) {
				return new FailureAnalysis(property + " is " + address + ", which is no address of this machine.",
						"Give " + property + " an address that this machine has, or leave it out.", cause);
			}
		}
		return null;
	}

	/** Jetty says where it could not bind. */
	private static boolean isTried(String address, Throwable failure) {
		try {
			String tried = "/" + InetAddress.getByName(address).getHostAddress() + ":";
			for (Throwable each = failure; each != null; each = each.getCause()) {
				if (String.valueOf(each.getMessage()).replaceAll("[\\[\\]]", "").contains(tried)) {
					return true;
				}
			}
		}
		catch (UnknownHostException ex) {
			// Then it is not where Jetty could not bind.
		}
		return false;
	}

}
