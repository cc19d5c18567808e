package dev.usher.token;

import dev.usher.protocol.TokenFault;

/**
 * A token cannot be trusted. The message is for our log alone, so it says what is wrong
 * but repeats nothing of the token. Has no stack trace: strangers cause any number.
 */
class BadTokenException extends Exception {

	private final TokenFault fault;

	BadTokenException(TokenFault fault, String message) {
		super(message, null, false, false);
		this.fault = fault;
	}

	/** What is wrong, in a word. */
	TokenFault fault() {
		return this.fault;
	}

}
