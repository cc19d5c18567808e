package dev.usher.token;

/**
 * The master key or what it encrypts cannot be used, so the gateway must not start. The
 * message tells an operator where to look.
 */
class UnusableKeyException extends RuntimeException {

	private final String action;

	UnusableKeyException(String message, String action) {
		super(message);
		this.action = action;
	}

	/** What to do about it. */
	String action() {
		return this.action;
	}

}
