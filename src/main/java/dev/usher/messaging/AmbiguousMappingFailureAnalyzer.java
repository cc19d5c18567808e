package dev.usher.messaging;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says which methods share a destination. Comes after the analyzer that names the jar of
 * an extension.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class AmbiguousMappingFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousMappingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, AmbiguousMappingException cause) {
		return new FailureAnalysis(cause.getMessage(), "Map one of them to another destination.", cause);
	}

}
