package dev.usher.client.java;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Reads what the gateway answers, and writes strings. */
final class JsonText {

	private static final int DEPTH = 64;

	private final String text;

	private int at;

	private JsonText(String text) {
		this.text = text;
	}

	/**
	 * Reads JSON into maps, lists, strings, {@link BigDecimal}, booleans and null.
	 * @return null as well for what is no JSON
	 */
	static @Nullable Object read(String text) {
		try {
			JsonText json = new JsonText(text);
			Object value = json.value(0);
			return (json.peek() == 0) ? value : null;
		}
		catch (IllegalArgumentException | IndexOutOfBoundsException ex) {
			return null;
		}
	}

	/** The next character that is no blank, 0 at the end. */
	private char peek() {
		while (this.at < this.text.length() && " \t\r\n".indexOf(this.text.charAt(this.at)) >= 0) {
			this.at++;
		}
		return (this.at < this.text.length()) ? this.text.charAt(this.at) : 0;
	}

	private boolean take(char wanted) {
		boolean there = peek() == wanted;
		this.at += there ? 1 : 0;
		return there;
	}

	private void need(char wanted) {
		if (!take(wanted)) {
			throw new IllegalArgumentException();
		}
	}

	private @Nullable Object value(int depth) {
		if (depth > DEPTH) {
			throw new IllegalArgumentException();
		}
		if (take('{')) {
			Map<String, @Nullable Object> map = new LinkedHashMap<>();
			while (!take('}')) {
				if (!map.isEmpty()) {
					need(',');
				}
				need('"');
				String name = string();
				need(':');
				map.put(name, value(depth + 1));
			}
			return map;
		}
		if (take('[')) {
			List<@Nullable Object> list = new ArrayList<>();
			while (!take(']')) {
				if (!list.isEmpty()) {
					need(',');
				}
				list.add(value(depth + 1));
			}
			return list;
		}
		return take('"') ? string() : word();
	}

	private @Nullable Object word() {
		int start = this.at;
		while (this.at < this.text.length() && ",]} \t\r\n".indexOf(this.text.charAt(this.at)) < 0) {
			this.at++;
		}
		String word = this.text.substring(start, this.at);
		return switch (word) {
			case "true" -> true;
			case "false" -> false;
			case "null" -> null;
			default -> new BigDecimal(word);
		};
	}

	private String string() {
		StringBuilder string = new StringBuilder();
		while (true) {
			char next = this.text.charAt(this.at++);
			if (next == '"') {
				return string.toString();
			}
			string.append((next == '\\') ? escaped(this.text.charAt(this.at++)) : next);
		}
	}

	private char escaped(char letter) {
		if (letter == 'u') {
			this.at += 4;
			return (char) HexFormat.fromHexDigits(this.text, this.at - 4, this.at);
		}
		int known = "\"\\/bfnrt".indexOf(letter);
		if (known < 0) {
			throw new IllegalArgumentException();
		}
		return "\"\\/\b\f\n\r\t".charAt(known);
	}

	/** A string as JSON has it. */
	static String quote(String value) {
		StringBuilder quoted = new StringBuilder("\"");
		value.chars().forEach((each) -> {
			if (each == '"' || each == '\\') {
				quoted.append('\\');
			}
			boolean plain = each >= ' ' && !Character.isSurrogate((char) each);
			quoted.append(plain ? String.valueOf((char) each) : String.format("\\u%04x", each));
		});
		return quoted.append('"').toString();
	}

}
