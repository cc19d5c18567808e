package dev.usher.bus.redis;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says a {@link BusException} as it is. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class BusFailureAnalyzer extends AbstractFailureAnalyzer<BusException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, BusException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
