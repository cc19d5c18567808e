package dev.usher.websocket;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells why the start was stopped, without a stack trace. */
class EndpointFailureAnalyzer extends AbstractFailureAnalyzer<EndpointException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, EndpointException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), "Change the class that registers it.", cause);
	}

}
