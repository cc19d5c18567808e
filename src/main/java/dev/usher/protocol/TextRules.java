package dev.usher.protocol;

/** Which characters of a text can be written in UTF-8, stored, and shown in a log. */
public final class TextRules {

	/** Letters and a pattern of Braille that are drawn as nothing. */
	private static final String BLANK = "\u115f\u1160\u3164\uffa0\u2800";

	private TextRules() {
	}

	/**
	 * Whether a text can be stored: PostgreSQL stores neither NUL nor half of a surrogate
	 * pair.
	 */
	public static boolean isStorable(String text) {
		return text.indexOf('\0') < 0 && !hasHalfPair(text);
	}

	/** Whether UTF-8 would put a question mark in the place of a character. */
	public static boolean hasHalfPair(String text) {
		return text.codePoints().anyMatch(TextRules::isHalfPair);
	}

	/**
	 * Whether all characters may be in a name: a control would write lines of its own
	 * into logs and headers, and half of a pair could pass for another name.
	 */
	public static boolean isPrintable(String text) {
		return text.codePoints().allMatch(TextRules::isPrintable);
	}

	/** Whether a code point is a character and no control. */
	public static boolean isPrintable(int codePoint) {
		return !Character.isISOControl(codePoint) && !isHalfPair(codePoint);
	}

	/**
	 * Whether a text shows something: it has more than spaces and what only says how to
	 * set the characters beside it.
	 */
	public static boolean isVisible(String text) {
		return text.codePoints().anyMatch(TextRules::isVisible);
	}

	private static boolean isVisible(int codePoint) {
		return !Character.isWhitespace(codePoint) && !Character.isSpaceChar(codePoint) && BLANK.indexOf(codePoint) < 0
				&& switch (Character.getType(codePoint)) {
					case Character.FORMAT, Character.CONTROL, Character.UNASSIGNED, Character.NON_SPACING_MARK,
							Character.ENCLOSING_MARK ->
						false;
					default -> true;
				};
	}

	private static boolean isHalfPair(int codePoint) {
		return Character.getType(codePoint) == Character.SURROGATE;
	}

}
