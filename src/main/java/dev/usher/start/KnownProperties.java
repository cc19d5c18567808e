package dev.usher.start;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.bind.Name;

/**
 * The names of properties that one record binds, read off its components: a record inside
 * it is a level more, a list takes an index, a map takes anything.
 */
final class KnownProperties {

	private static final String MAP = "[.\\[].+";

	private final Pattern pattern;

	private final Pattern variable;

	private KnownProperties(String prefix, String expression) {
		this.pattern = Pattern.compile(Pattern.quote(uniform(prefix)) + expression);
		this.variable = Pattern.compile(
				Pattern.quote(uniform(prefix).replace(".", "")) + expression.replace(MAP, ".+").replace("\\.", ""));
	}

	/**
	 * Derives the names of properties from the components of a record.
	 * @param prefix what its properties begin with
	 * @param type the record
	 * @throws IllegalStateException if it is no record: then its properties cannot be
	 * known
	 */
	static KnownProperties of(String prefix, Class<?> type) {
		if (!type.isRecord()) {
			throw new IllegalStateException(type + " binds properties and is no record");
		}
		return new KnownProperties(prefix, expression(type));
	}

	/** Whether the record binds a property. */
	boolean contains(String property) {
		return this.pattern.matcher(uniform(property)).matches();
	}

	/**
	 * Whether the record binds an environment variable, in whose name nothing tells a dot
	 * from a dash.
	 * @param property the name as Spring Boot reads it, with a dot for each underscore
	 */
	boolean containsVariable(String property) {
		return this.variable.matcher(uniform(property).replace(".", "")).matches();
	}

	private static String expression(Class<?> type) {
		StringBuilder expression = new StringBuilder("(?:");
		String separator = "";
		for (RecordComponent component : type.getRecordComponents()) {
			Name name = component.getAccessor().getAnnotation(Name.class);
			expression.append(separator)
				.append("\\.")
				.append(Pattern.quote(uniform((name != null) ? name.value() : component.getName())))
				.append(expression(component.getGenericType()));
			separator = "|";
		}
		return expression.append(')').toString();
	}

	private static String expression(Type type) {
		if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
			if (Map.class.isAssignableFrom(raw)) {
				return MAP;
			}
			if (Collection.class.isAssignableFrom(raw)) {
				Type element = generic.getActualTypeArguments()[0];
				String indexed = "\\[\\d+\\]" + expression(element);
				// A list of plain values may also be written as one, with commas.
				return isRecord(element) ? indexed : "(?:" + indexed + ")?";
			}
		}
		return isRecord(type) ? expression((Class<?>) type) : "";
	}

	private static boolean isRecord(Type type) {
		return type instanceof Class<?> plain && plain.isRecord();
	}

	/** Dashes and case tell no two properties apart, as in all of Spring Boot. */
	private static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

}
