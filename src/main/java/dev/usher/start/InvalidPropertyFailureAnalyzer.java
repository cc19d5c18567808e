package dev.usher.start;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;

/**
 * Says which property of ours is wrong and why, in the words of the record that refused
 * it. Never shows the value of what cannot be converted: it may be a secret.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final Pattern OURS = Pattern.compile("usher(\\.|\\[|$).*", Pattern.DOTALL);

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		BindException innermost = innermost(cause);
		if (!OURS.matcher(innermost.getName().toString()).matches()) {
			return null;
		}
		String sentence = refusal(innermost);
		if (sentence == null) {
			sentence = conversion(innermost);
		}
		return new FailureAnalysis(sentence + origin(innermost.getProperty()), "Correct it and start again.", cause);
	}

	private static BindException innermost(BindException outer) {
		BindException innermost = outer;
		for (Throwable each = outer; each != null; each = each.getCause()) {
			if (each instanceof BindException bind) {
				innermost = bind;
			}
		}
		return innermost;
	}

	/** The sentence of a record's constructor, which names the property in full. */
	private static @Nullable String refusal(BindException failure) {
		for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
			String message = each.getMessage();
			if (each instanceof IllegalArgumentException && message != null && message.startsWith("usher.")) {
				return sentence(message);
			}
		}
		return null;
	}

	private static String conversion(BindException failure) {
		String type = simpleName(failure.getTarget().getType().toString());
		for (Throwable each = failure.getCause(); each != null; each = each.getCause()) {
			if (each instanceof ConversionFailedException conversion) {
				type = simpleName(conversion.getTargetType().getType().getName());
			}
			if (each instanceof ConverterNotFoundException missing) {
				type = simpleName(missing.getTargetType().getType().getName());
			}
		}
		return failure.getName() + " cannot be read as a " + type + ".";
	}

	private static String simpleName(String type) {
		Matcher name = Pattern.compile("([A-Za-z0-9_]+)[^A-Za-z0-9_]*$").matcher(type);
		return name.find() ? name.group(1) : type;
	}

	private static String sentence(String message) {
		return message.endsWith(".") ? message : message + ".";
	}

	private static String origin(@Nullable ConfigurationProperty property) {
		return (property != null && property.getOrigin() != null) ? " It is set in " + property.getOrigin() + "." : "";
	}

}
