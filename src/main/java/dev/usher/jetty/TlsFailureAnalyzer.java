package dev.usher.jetty;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says a {@link TlsException} as it is. The files of a bundle that is reloaded are looked
 * for earlier, when Spring Boot makes the bundle: what is missing then is said alike.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class TlsFailureAnalyzer implements FailureAnalyzer {

	private static final Pattern UNREGISTERED = Pattern.compile("Unable to register SSL bundle '(.+)'");

	private static final String UNWATCHABLE = "Unable to watch for reload on update";

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		String bundle = null;
		for (Throwable each = failure; each != null; each = each.getCause()) {
			if (each instanceof TlsException ex) {
				return new FailureAnalysis(ex.getMessage(), ex.action(), failure);
			}
			String message = String.valueOf(each.getMessage());
			Matcher unregistered = UNREGISTERED.matcher(message);
			if (unregistered.matches()) {
				bundle = unregistered.group(1);
			}
			if (bundle != null && message.equals(UNWATCHABLE)) {
				TlsException ex = TlsException.of("the bundle " + bundle + " (spring.ssl.bundle)", each);
				return new FailureAnalysis(ex.getMessage(), ex.action(), failure);
			}
		}
		return null;
	}

}
