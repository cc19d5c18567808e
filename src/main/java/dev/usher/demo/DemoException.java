package dev.usher.demo;

/** A step did not hold. Its message is for whoever watches, and holds no secret. */
class DemoException extends RuntimeException {

	DemoException(String message) {
		super(message, null, false, false);
	}

}
