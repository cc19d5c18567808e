package dev.usher.start;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.start.Extensions.Extension;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Names the extension that stopped the start: the one whose class is in the failure
 * nearest to its cause, on the stack or by name. Comes after the other analyzers of ours,
 * so that an extension is not blamed for a database that is away.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class ExtensionFailureAnalyzer implements FailureAnalyzer {

	private static final Pattern CLASS = Pattern
		.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(?:[./][\\p{L}_$][\\p{L}\\p{N}_$]*)+");

	private static final String ACTION = "Correct the extension, or take it out of the folder of loader.path.";

	@Override
	public @Nullable FailureAnalysis analyze(Throwable failure) {
		List<Throwable> causes = causes(failure);
		for (Throwable each : causes) {
			if (each instanceof ExtensionException ex) {
				return new FailureAnalysis(String.valueOf(ex.getMessage()), ex.action(), failure);
			}
		}
		Extensions extensions = Extensions.of(getClass().getClassLoader());
		for (Throwable each : causes) {
			Optional<Extension> culprit = culprit(each, extensions);
			if (culprit.isPresent()) {
				return new FailureAnalysis(
						"The extension " + culprit.get().path() + " could not be started: " + what(causes.get(0)),
						ACTION, failure);
			}
		}
		return null;
	}

	/** The innermost first. */
	private static List<Throwable> causes(Throwable failure) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable each = failure; each != null && !causes.contains(each); each = each.getCause()) {
			causes.add(each);
		}
		Collections.reverse(causes);
		return causes;
	}

	private static Optional<Extension> culprit(Throwable failure, Extensions extensions) {
		for (StackTraceElement frame : failure.getStackTrace()) {
			Optional<Extension> extension = extensions.holding(frame.getClassName());
			if (extension.isPresent()) {
				return extension;
			}
		}
		Matcher named = CLASS.matcher(String.valueOf(failure.getMessage()));
		while (named.find()) {
			String name = named.group().replace('/', '.');
			Optional<Extension> extension = extensions
				.holding(name.endsWith(".class") ? name.substring(0, name.length() - ".class".length()) : name)
				.or(() -> extensions.announcing(name));
			if (extension.isPresent()) {
				return extension;
			}
		}
		return Optional.empty();
	}

	private static String what(Throwable cause) {
		String message = cause.getMessage();
		String what = (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException)
				? "the class " + String.valueOf(message).replace('/', '.') + " is missing"
				: cause.getClass().getSimpleName() + ((message != null) ? ": " + message : "");
		return what.endsWith(".") ? what : what + ".";
	}

}
