package dev.usher.start;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says where a file of the configuration is no YAML. Never shows its lines, of which one
 * may be a password.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class YamlFailureAnalyzer extends AbstractFailureAnalyzer<MarkedYAMLException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, MarkedYAMLException cause) {
		if (cause.getProblemMark() == null) {
			return null;
		}
		String file = BrokenFileFinder.found(cause);
		return new FailureAnalysis(
				((file != null) ? "The file " + file : "A file of the configuration") + " is no YAML at line "
						+ (cause.getProblemMark().getLine() + 1) + ".",
				"Correct that line or the one before it. YAML is indented by spaces, never by tabs.", cause);
	}

}
