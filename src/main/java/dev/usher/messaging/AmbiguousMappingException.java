package dev.usher.messaging;

/** Two methods of an extension are mapped to one destination. Ends the start. */
class AmbiguousMappingException extends RuntimeException {

	/**
	 * @param message a sentence that names both
	 */
	AmbiguousMappingException(String message) {
		super(message);
	}

}
