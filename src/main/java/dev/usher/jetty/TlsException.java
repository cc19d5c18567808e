package dev.usher.jetty;

/** TLS cannot be spoken with what is given for it, so the start stops. */
class TlsException extends RuntimeException {

	private final String action;

	/**
	 * @param message a sentence that names the bundle or the property
	 * @param action what to do about it
	 */
	TlsException(String message, String action) {
		super(message);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
