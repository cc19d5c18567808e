package dev.usher.http;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.UnreachableFilterChainException;

/**
 * Says which filter chain leaves none of its requests to another. Comes after the
 * analyzer that names the jar of an extension.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
class UnreachableFilterChainFailureAnalyzer extends AbstractFailureAnalyzer<UnreachableFilterChainException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnreachableFilterChainException cause) {
		return new FailureAnalysis(
				"The " + name(cause.getFilterChain()) + " leaves no request to the "
						+ name(cause.getUnreachableFilterChain()) + ".",
				"Give your SecurityFilterChain a securityMatcher and an @Order: "
						+ "the gateway's own takes every request that no other does.",
				cause);
	}

	/** Without its filters. */
	private static String name(@Nullable SecurityFilterChain chain) {
		return String.valueOf(chain).split(" and having filters", 2)[0];
	}

}
