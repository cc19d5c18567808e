package dev.usher.bench;

/**
 * The run cannot go on, and the message says why to whoever started it.
 */
final class BenchmarkException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BenchmarkException(String message) {
		super(message);
	}

	BenchmarkException(String message, Throwable cause) {
		super(message, cause);
	}

}
