package dev.usher.edge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A parameter in the query of a URL, decoded.
 *
 * @param name its name
 * @param value its value, empty where it has none
 */
public record QueryParameter(String name, String value) {

	/**
	 * Reads all of them.
	 * @param query the query as it came, percent-encoded, without the question mark, or
	 * null
	 */
	public static List<QueryParameter> parse(@Nullable String query) {
		List<QueryParameter> parameters = new ArrayList<>();
		if (query != null) {
			for (String parameter : query.split("[&;]")) {
				int equals = parameter.indexOf('=');
				String name = decode((equals >= 0) ? parameter.substring(0, equals) : parameter);
				parameters.add(new QueryParameter(name, (equals >= 0) ? decode(parameter.substring(equals + 1)) : ""));
			}
		}
		return parameters;
	}

	/** The values of all of a name. */
	public static List<String> values(@Nullable String query, String name) {
		return parse(query).stream()
			.filter((parameter) -> parameter.name().equals(name))
			.map(QueryParameter::value)
			.toList();
	}

	private static String decode(String text) {
		try {
			return URLDecoder.decode(text, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	/** Its value may be a secret. */
	@Override
	public String toString() {
		return "QueryParameter[" + this.name + "]";
	}

}
