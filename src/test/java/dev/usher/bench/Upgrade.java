package dev.usher.bench;

/**
 * The opening handshake of RFC 6455, the client's side, and an answer that suits it.
 */
final class Upgrade {

	private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

	/** The answer to {@link #KEY}, from RFC 6455 section 1.3. */
	private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

	/** What a server says to the request. */
	static final String ANSWER = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
			+ "Sec-WebSocket-Accept: " + ACCEPT + "\r\n\r\n";

	private Upgrade() {
	}

	/**
	 * Writes the request that asks for a WebSocket.
	 * @param subprotocol what is offered, empty for nothing
	 */
	static String request(int port, String subprotocol) {
		String protocol = subprotocol.isEmpty() ? "" : "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
		return "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:" + port
				+ "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
				+ KEY + "\r\n" + protocol + "\r\n";
	}

	/** Whether the head of an answer takes the request. */
	static boolean isAccepted(String head) {
		return head.startsWith("HTTP/1.1 101") && head.contains(ACCEPT);
	}

}
