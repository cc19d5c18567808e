package dev.usher.websocket;

import org.springframework.web.socket.CloseStatus;

/**
 * The peer broke RFC 6455. Has no stack trace: a stranger can cause any number of them.
 */
final class ProtocolViolationException extends RuntimeException {

	private final CloseStatus status;

	/**
	 * @param status of the close it leads to
	 * @param message what is wrong, which the peer is told
	 */
	ProtocolViolationException(CloseStatus status, String message) {
		super(message, null, false, false);
		this.status = status.withReason(message);
	}

	/** The close it leads to, with the reason. */
	CloseStatus status() {
		return this.status;
	}

}
