package dev.usher.operation;

import dev.usher.edge.ClientAddress;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

/**
 * Checks what calls are given before anything is asked with it. Each check refuses with
 * {@link Reason#BAD_REQUEST} and a sentence that names the parameter.
 */
final class Parameters {

	/** The most entries of a page. */
	static final int MAX_PAGE = 500;

	/** What a page has where nobody says. */
	static final String USUAL_PAGE = "100";

	/**
	 * The longest address of a destination: a username in it may be three times itself.
	 */
	private static final int MAX_TEXT = 1100;

	private Parameters() {
	}

	static void checkLimit(int limit, int most) {
		if (limit < 1 || limit > most) {
			throw bad("Parameter \"limit\" must be from 1 to " + most + ".");
		}
	}

	/** A text that is compared and shown, and no control characters in it. */
	static void checkText(String name, @Nullable String text) {
		if (text != null && (text.length() > MAX_TEXT || !TextRules.isPrintable(text))) {
			throw bad("Parameter \"" + name + "\" is too long, or holds a character that is none.");
		}
	}

	/** The same, and there has to be something in it. */
	static void checkWord(String name, @Nullable String text) {
		checkText(name, text);
		if (text != null && text.isEmpty()) {
			throw bad("Parameter \"" + name + "\" is empty.");
		}
	}

	static void checkAddress(@Nullable String address) {
		if (address != null && !ClientAddress.isAddress(address)) {
			throw bad("Parameter \"address\" must be an IP address, without a port.");
		}
	}

	static void checkOffset(long offset) {
		if (offset < 0) {
			throw bad("Parameter \"after\" must not be negative.");
		}
	}

	static RefusedException bad(String sentence) {
		return new RefusedException(Reason.BAD_REQUEST, sentence);
	}

}
