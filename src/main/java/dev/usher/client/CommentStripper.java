package dev.usher.client;

/**
 * Takes comments out of JavaScript, and the blanks that mean nothing, and leaves texts as
 * they are. Lines stay lines.
 */
final class CommentStripper {

	private static final String QUOTES = "'\"`";

	private final String code;

	private final StringBuilder out = new StringBuilder();

	private int at;

	CommentStripper(String code) {
		this.code = code;
	}

	String strip() {
		while (this.at < this.code.length()) {
			char each = this.code.charAt(this.at);
			if (QUOTES.indexOf(each) >= 0) {
				text(each);
			}
			else if (comes("/*")) {
				skipTo("*/", 2);
			}
			else if (comes("//") && !escaped()) {
				skipTo("\n", 0);
			}
			else {
				append(each);
			}
		}
		return this.out.toString();
	}

	private boolean comes(String sign) {
		return this.code.startsWith(sign, this.at);
	}

	/** The end of a regular expression such as {@code /\//}. */
	private boolean escaped() {
		return this.at > 0 && this.code.charAt(this.at - 1) == '\\';
	}

	/** Copies a text, quotes included. */
	private void text(char quote) {
		int from = this.at++;
		while (this.code.charAt(this.at) != quote) {
			this.at += (this.code.charAt(this.at) == '\\') ? 2 : 1;
		}
		this.at++;
		this.out.append(this.code, from, this.at);
	}

	private void skipTo(String end, int beyond) {
		int found = this.code.indexOf(end, this.at);
		this.at = (found < 0) ? this.code.length() : found + beyond;
	}

	private void append(char each) {
		this.at++;
		if (each == '\n' || !Character.isWhitespace(each) || means()) {
			this.out.append(each);
		}
	}

	/**
	 * Whether a blank here keeps two words apart, or two signs that would be another one
	 * together ({@code a + +b}, {@code a / /b/}). At the beginning and at the end of a
	 * line it means nothing.
	 */
	private boolean means() {
		if (this.out.isEmpty() || this.at == this.code.length()) {
			return false;
		}
		char before = this.out.charAt(this.out.length() - 1);
		char after = this.code.charAt(this.at);
		return isWord(before) ? isWord(after) : "+-/".indexOf(before) >= 0 && "+-/".indexOf(after) >= 0;
	}

	/** Of names, numbers and private names. */
	private static boolean isWord(char each) {
		return Character.isJavaIdentifierPart(each) || each == '#';
	}

}
