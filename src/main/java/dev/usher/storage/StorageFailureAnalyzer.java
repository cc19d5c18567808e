package dev.usher.storage;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says a {@link StorageException} as it is. */
@Order(Ordered.HIGHEST_PRECEDENCE)
class StorageFailureAnalyzer extends AbstractFailureAnalyzer<StorageException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StorageException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
