package dev.usher.client;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Joins modules into one and makes it small: takes their imports and exports away, with
 * comments, blanks and line ends that mean nothing, and gives private names short ones,
 * which no script outside can see. It reads no grammar. What it asks of the modules:
 * top-level names that are not used twice, imports and exports that begin a line, a
 * semicolon behind each statement, no blank, quote, backtick or comment sign within a
 * regular expression, and no text that goes over a line end or has a private name's
 * {@code #} in it. A test runs what comes out.
 */
final class ModuleJoiner {

	private static final Pattern IMPORT = Pattern.compile("(?m)^import[\\s{*][^;]*;\\n?");

	private static final Pattern EXPORT = Pattern
		.compile("(?m)^export (?=(?:async |class |const |function |let |var ))");

	private static final Pattern BLANK = Pattern.compile("\\n\\s*\\n");

	/** Line ends that end no statement. */
	private static final Pattern NEEDLESS_END = Pattern.compile("(?<=[{(\\[,;&|])\\n|\\n(?=[})\\].?:])");

	private static final Pattern PRIVATE = Pattern.compile("#[A-Za-z_]\\w*|(?<![\\w$'])_[a-z]\\w*");

	private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	private final String head;

	private final StringBuilder joined = new StringBuilder();

	ModuleJoiner(String head) {
		this.head = head;
	}

	void add(String module) {
		String code = new CommentStripper(module).strip();
		code = IMPORT.matcher(code).replaceAll("");
		code = EXPORT.matcher(code).replaceAll("");
		this.joined.append(BLANK.matcher(code).replaceAll("\n").strip()).append('\n');
	}

	String join() {
		Map<String, String> names = new HashMap<>();
		String code = PRIVATE.matcher(this.joined)
			.replaceAll(
					(match) -> names.computeIfAbsent(match.group(), (name) -> name.charAt(0) + letters(names.size())));
		return this.head + NEEDLESS_END.matcher(code).replaceAll("");
	}

	/** The name with this number: a to Z, then two letters. */
	private static String letters(int number) {
		String last = LETTERS.substring(number % LETTERS.length(), number % LETTERS.length() + 1);
		return (number < LETTERS.length()) ? last : letters(number / LETTERS.length() - 1) + last;
	}

}
