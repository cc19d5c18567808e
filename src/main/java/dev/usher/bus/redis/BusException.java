package dev.usher.bus.redis;

/**
 * The bus cannot be what the configuration says, so the start stops. Its message is a
 * sentence for whoever starts the process; {@link BusFailureAnalyzer} prints it without a
 * stack trace.
 */
class BusException extends RuntimeException {

	private final String action;

	/**
	 * @param message what is wrong
	 * @param action what the operator can do about it
	 */
	BusException(String message, String action) {
		super(message);
		this.action = action;
	}

	/** What the operator can do about it. */
	String action() {
		return this.action;
	}

}
