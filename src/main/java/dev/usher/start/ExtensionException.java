package dev.usher.start;

/** An extension stops the start. */
class ExtensionException extends RuntimeException {

	private final String action;

	/**
	 * @param message a sentence that names the extension
	 * @param action what to do about it
	 */
	ExtensionException(String message, String action, Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	ExtensionException(String message, String action) {
		super(message);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
