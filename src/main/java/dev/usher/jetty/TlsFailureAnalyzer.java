package dev.usher.jetty;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says a {@link TlsException} as it is. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class TlsFailureAnalyzer extends AbstractFailureAnalyzer<TlsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TlsException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
