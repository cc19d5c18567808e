package dev.usher.token;

import java.util.ArrayList;
import java.util.List;

import dev.usher.protocol.TextRules;

/**
 * Where a claim is in a token: its name, or the names that lead to it through objects.
 * Dots separate them, as in {@code realm_access.roles}. A name that has a colon before
 * its first dot is one name with all its dots, such as {@code https://example.org/roles}
 * and {@code cognito:groups}; in any other {@code \.} is a dot of the name.
 * <p>
 * The text alone decides how it is read, never the token: else whoever can add a claim at
 * the provider could put one in the place of another.
 *
 * @param text as the configuration has it
 * @param names one after the other, one at least
 */
record ClaimPath(String text, List<String> names) {

	static final ClaimPath SUBJECT = new ClaimPath("sub", List.of("sub"));

	static final ClaimPath ROLES = new ClaimPath("roles", List.of("roles"));

	private static final int MAX_LENGTH = 255;

	private static final int MAX_DEPTH = 8;

	/**
	 * Reads a path of the configuration.
	 * @param property its name, for the sentence
	 * @throws IllegalArgumentException where it is none
	 */
	static ClaimPath parse(String text, String property) {
		boolean printable = !text.isBlank() && text.equals(text.strip()) && TextRules.isPrintable(text);
		List<String> names = isOneName(text) ? List.of(text) : split(text);
		if (!printable || text.length() > MAX_LENGTH || names.size() > MAX_DEPTH
				|| names.stream().anyMatch(String::isEmpty)) {
			throw new IllegalArgumentException(property + " must be the name of a claim, or up to " + MAX_DEPTH
					+ " names with dots between, but is \"" + text + "\"");
		}
		return new ClaimPath(text, names);
	}

	private static boolean isOneName(String text) {
		int colon = text.indexOf(':');
		int dot = text.indexOf('.');
		return colon > 0 && (dot < 0 || colon < dot);
	}

	private static List<String> split(String text) {
		List<String> names = new ArrayList<>();
		StringBuilder name = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '.') {
				name.append('.');
				i++;
			}
			else if (c == '.') {
				names.add(name.toString());
				name.setLength(0);
			}
			else {
				name.append(c);
			}
		}
		names.add(name.toString());
		return List.copyOf(names);
	}

	/** The last of its names. */
	String last() {
		return this.names.get(this.names.size() - 1);
	}

	/** The claim of another name beside it, in the same object. */
	ClaimPath sibling(String name) {
		List<String> beside = new ArrayList<>(this.names);
		beside.set(beside.size() - 1, name);
		return new ClaimPath(String.join(".", beside), List.copyOf(beside));
	}

	/** Whether it is a claim of the token itself, of this name. */
	boolean is(String name) {
		return this.names.size() == 1 && this.names.get(0).equals(name);
	}

}
