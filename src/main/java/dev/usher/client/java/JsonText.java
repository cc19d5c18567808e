package dev.usher.client.java;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Reads what the gateway answers, and writes strings. */
final class JsonText {

	private static final int DEPTH = 64;

	/** The end, a sign, a string, or a word. Possessive, so that the stack holds. */
	private static final Pattern TOKEN = Pattern.compile("[ \\t\\r\\n]*+(\\z|[{}\\[\\],:]"
			+ "|\"(?:[^\"\\\\]|\\\\(?:u[0-9a-fA-F]{4}|[\"\\\\/bfnrt]))*+\"|[^\\s{}\\[\\],:\"]++)");

	private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u(....)|(.))");

	private final Matcher tokens;

	private JsonText(String text) {
		this.tokens = TOKEN.matcher(text);
	}

	/**
	 * Reads JSON into maps, lists, strings, {@link BigDecimal}, booleans and null.
	 * @return null as well for what is no JSON
	 */
	static @Nullable Object read(String text) {
		try {
			JsonText json = new JsonText(text);
			Object value = json.value(json.next(), 0);
			need(json.next().isEmpty());
			return value;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static void need(boolean holds) {
		if (!holds) {
			throw new IllegalArgumentException();
		}
	}

	/** The next token, empty at the end. */
	private String next() {
		need(this.tokens.lookingAt());
		String token = this.tokens.group(1);
		this.tokens.region(this.tokens.end(), this.tokens.regionEnd());
		return token;
	}

	private @Nullable Object value(String token, int depth) {
		need(depth <= DEPTH);
		switch (token) {
			case "{":
				Map<String, @Nullable Object> map = new LinkedHashMap<>();
				for (String name = next(); !name.equals("}"); name = after("}")) {
					need(name.startsWith("\"") && next().equals(":"));
					map.put(string(name), value(next(), depth + 1));
				}
				return map;
			case "[":
				List<@Nullable Object> list = new ArrayList<>();
				for (String item = next(); !item.equals("]"); item = after("]")) {
					list.add(value(item, depth + 1));
				}
				return list;
			case "true", "false":
				return Boolean.valueOf(token);
			case "null":
				return null;
			default:
				return token.startsWith("\"") ? string(token) : new BigDecimal(token);
		}
	}

	/** How the next item begins, or the end. */
	private String after(String end) {
		String token = next();
		boolean more = token.equals(",");
		token = more ? next() : token;
		need(more != token.equals(end));
		return token;
	}

	private static String string(String token) {
		return ESCAPE.matcher(token.substring(1, token.length() - 1)).replaceAll((escape) -> {
			String code = escape.group(1);
			return Matcher.quoteReplacement(String.valueOf((code != null) ? (char) Integer.parseInt(code, 16)
					: "\"\\/\b\f\n\r\t".charAt("\"\\/bfnrt".indexOf(escape.group(2)))));
		});
	}

	/** A string as JSON has it. */
	static String quote(String value) {
		StringBuilder quoted = new StringBuilder("\"");
		for (char each : value.toCharArray()) {
			if (each < ' ' || Character.isSurrogate(each)) {
				quoted.append(String.format("\\u%04x", (int) each));
			}
			else {
				quoted.append((each == '"' || each == '\\') ? "\\" : "").append(each);
			}
		}
		return quoted.append('"').toString();
	}

}
