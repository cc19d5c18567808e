package dev.usher.token;

/**
 * A token cannot be trusted. The message is for our log alone, so it says what is wrong
 * but repeats nothing of the token. Has no stack trace: strangers cause any number.
 */
class BadTokenException extends Exception {

	BadTokenException(String message) {
		super(message, null, false, false);
	}

}
