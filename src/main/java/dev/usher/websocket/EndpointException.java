package dev.usher.websocket;

/** A WebSocket endpoint that cannot be offered, which stops the start. */
final class EndpointException extends RuntimeException {

	EndpointException(String message) {
		super(message);
	}

}
