package dev.usher.client;

import java.util.regex.Pattern;

/**
 * Joins modules into one: takes their imports and exports away, with comments and
 * indentation. It reads no grammar. What it asks of the modules: top-level names that are
 * not used twice, imports and exports that begin a line, and no quote, backtick or
 * comment sign within a regular expression. A test runs what comes out.
 */
final class ModuleJoiner {

	private static final Pattern IMPORT = Pattern.compile("(?m)^import\\s[^;]*;\\n?");

	private static final Pattern EXPORT = Pattern
		.compile("(?m)^export (?=(?:async |class |const |function |let |var ))");

	private static final Pattern BLANK = Pattern.compile("\\n\\s*\\n");

	private final StringBuilder joined = new StringBuilder();

	ModuleJoiner(String head) {
		this.joined.append(head);
	}

	void add(String module) {
		String code = new CommentStripper(module).strip();
		code = IMPORT.matcher(code).replaceAll("");
		code = EXPORT.matcher(code).replaceAll("");
		this.joined.append(BLANK.matcher(code).replaceAll("\n").strip()).append('\n');
	}

	String join() {
		return this.joined.toString();
	}

}
