package dev.usher.storage;

/**
 * The storage cannot be used, so the start stops. Its message is a sentence for whoever
 * starts the process; {@link StorageFailureAnalyzer} prints it without a stack trace.
 */
public class StorageException extends RuntimeException {

	private final String action;

	/**
	 * Says what is wrong and what to do.
	 * @param message what is wrong
	 * @param action what the operator can do about it
	 */
	public StorageException(String message, String action) {
		super(message);
		this.action = action;
	}

	/** What the operator can do about it. */
	public String action() {
		return this.action;
	}

}
