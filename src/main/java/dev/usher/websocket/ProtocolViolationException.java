package dev.usher.websocket;

/**
 * The peer broke RFC 6455. Has no stack trace: a stranger can cause any number of them.
 */
final class ProtocolViolationException extends RuntimeException {

	private final int status;

	ProtocolViolationException(int status, String message) {
		super(message, null, false, false);
		this.status = status;
	}

	int status() {
		return this.status;
	}

	String text() {
		return String.valueOf(getMessage());
	}

}
