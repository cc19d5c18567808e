package dev.usher.messaging;

/**
 * Code of an extension asks for something of Spring's that the gateway does not have.
 * Ends the start.
 */
class UnsupportedMessagingException extends RuntimeException {

	private final String action;

	/**
	 * @param what who asks for what, and why there is none; a sentence
	 * @param action what to do instead; a sentence
	 */
	UnsupportedMessagingException(String what, String action) {
		super(what);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
