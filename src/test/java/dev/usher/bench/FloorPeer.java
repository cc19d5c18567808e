package dev.usher.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How {@link FloorServer} is spoken to: a frame of one octet orders one message. What it
 * writes reads like the gateway's.
 */
final class FloorPeer implements Peer {

	/** Two octets of a head, four of a mask, one of payload. */
	static final int ORDER_LENGTH = 7;

	/**
	 * As many bytes as the gateway's MESSAGE has whose body is that of the benchmark,
	 * without the head of its WebSocket frame; the row "bytes each" tells whether it is
	 * still so.
	 */
	private static final int MESSAGE_LENGTH = 245;

	private static final byte[] ORDER = { '.' };

	private final StompPeer stomp = new StompPeer("topic", (user) -> ORDER);

	/** What it writes to each receiver. */
	static byte[] message() {
		String body = new String(FrameWriter.body(), StandardCharsets.US_ASCII);
		String head = "MESSAGE\n" + "x".repeat(MESSAGE_LENGTH - "MESSAGE\n\n\n\0".length() - body.length()) + "\n\n";
		return (head + body + '\0').getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	public String subprotocol() {
		return "";
	}

	@Override
	public boolean binary() {
		return false;
	}

	@Override
	public byte[] login(String user) {
		return ORDER;
	}

	@Override
	public byte[] subscribe(String destination) {
		throw new UnsupportedOperationException("Who connects receives");
	}

	@Override
	public String topic() {
		return "";
	}

	@Override
	public String ownDestination(String user) {
		return "";
	}

	@Override
	public String userDestination(String user) {
		return "";
	}

	@Override
	public void publish(FrameWriter frame, byte[] destination, byte[] body) {
		frame.write(ORDER);
	}

	@Override
	public void receive(Connection connection, ByteBuffer payload, int from, int to, ClientLoop loop) {
		this.stomp.receive(connection, payload, from, to, loop);
	}

}
