package dev.usher.start;

/** A property of Spring Boot has a value that the gateway cannot be started with. */
class SettingException extends RuntimeException {

	private final String action;

	/**
	 * @param message a sentence that names the property
	 * @param action what to do about it
	 */
	SettingException(String message, String action) {
		super(message);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
