package dev.usher.messaging;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which class asks for what, and what to do instead. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnsupportedMessagingFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedMessagingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedMessagingException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
