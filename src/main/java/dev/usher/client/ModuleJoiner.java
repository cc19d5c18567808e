package dev.usher.client;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Joins modules into one and makes it small: takes their imports and exports away, with
 * comments, blanks and line ends that mean nothing, writes {@code let} for {@code const},
 * and gives private names short ones, which no script outside can see. It reads no
 * grammar. What it asks of the modules: top-level names that are not used twice, imports
 * and exports that begin a line, a semicolon behind each statement that does not end with
 * a block, no blank, quote, backtick or comment sign within a regular expression, no hole
 * at the end of an array, and no text that goes over a line end, has a private name's
 * {@code #} in it, the word {@code const}, or a comma or semicolon before a closing
 * bracket. A test runs what comes out.
 */
final class ModuleJoiner {

	private static final Pattern IMPORT = Pattern.compile("(?m)^import[\\s{*][^;]*;\\n?");

	private static final Pattern EXPORT = Pattern
		.compile("(?m)^export (?=(?:async |class |const |function |let |var ))");

	private static final Pattern CONST = Pattern.compile("(?<![\\w$.])const(?=[ {\\[])");

	private static final Pattern BLANK = Pattern.compile("\\n\\s*\\n");

	/** Line ends that end no statement, then what stands before a closing bracket. */
	private static final Pattern NEEDLESS_END = Pattern.compile("(?<=[{}(\\[,;&|])\\n|\\n(?=[})\\].?:])");

	private static final Pattern NEEDLESS_SIGN = Pattern.compile(";(?=})|,(?=[})\\]])");

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
		code = CONST.matcher(code).replaceAll("let");
		this.joined.append(BLANK.matcher(withShortNames(code)).replaceAll("\n").strip()).append('\n');
	}

	/**
	 * No private name is seen outside its module, so each module begins with the same
	 * letters: what repeats is compressed best.
	 */
	private static String withShortNames(String code) {
		Map<String, Long> uses = PRIVATE.matcher(code)
			.results()
			.collect(Collectors.groupingBy(MatchResult::group, TreeMap::new, Collectors.counting()));
		Map<String, String> names = new HashMap<>();
		uses.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Long>comparingByValue().reversed())
			.forEach((use) -> names.put(use.getKey(), use.getKey().charAt(0) + letters(names.size())));
		return PRIVATE.matcher(code).replaceAll((match) -> names.get(match.group()));
	}

	String join() {
		return this.head + NEEDLESS_SIGN.matcher(NEEDLESS_END.matcher(this.joined).replaceAll("")).replaceAll("");
	}

	/** The name with this number: a to Z, then two letters. */
	private static String letters(int number) {
		String last = LETTERS.substring(number % LETTERS.length(), number % LETTERS.length() + 1);
		return (number < LETTERS.length()) ? last : letters(number / LETTERS.length() - 1) + last;
	}

}
