package dev.usher.client;

/** Takes comments and indentation out of JavaScript, and leaves texts as they are. */
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

	/** Blanks at the beginning of a line mean nothing. */
	private void append(char each) {
		boolean begins = this.out.isEmpty() || this.out.charAt(this.out.length() - 1) == '\n';
		if (!begins || !Character.isWhitespace(each)) {
			this.out.append(each);
		}
		this.at++;
	}

}
