package dev.usher.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The NATS client protocol over WebSocket. The server fills its WebSocket frames as its
 * buffers come, so a protocol message may begin in one frame and end in the next: what is
 * left over waits in the connection.
 */
final class NatsPeer implements Peer {

	private static final byte[] PUB = bytes("PUB ");

	private static final byte[] LENGTH = bytes(" " + FrameWriter.BODY_LENGTH + "\r\n");

	private static final byte[] END = bytes("\r\n");

	private static final byte[] PONG = bytes("PONG\r\n");

	private final String token;

	/**
	 * @param token the one token the server was configured with; it is compared, not
	 * verified as a signature is
	 */
	NatsPeer(String token) {
		this.token = token;
	}

	@Override
	public String subprotocol() {
		return "";
	}

	@Override
	public boolean binary() {
		return true;
	}

	@Override
	public byte[] login(String user) {
		return bytes("CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":true,\"protocol\":0,\"lang\":\"java\","
				+ "\"version\":\"1\",\"name\":\"" + user + "\",\"auth_token\":\"" + this.token + "\"}\r\nPING\r\n");
	}

	@Override
	public byte[] subscribe(String destination) {
		return bytes("SUB " + destination + " 1\r\n");
	}

	@Override
	public String topic() {
		return "topic.bench";
	}

	@Override
	public String ownDestination(String user) {
		return "user." + user + ".x";
	}

	@Override
	public String userDestination(String user) {
		return "user." + user + ".x";
	}

	@Override
	public void publish(FrameWriter frame, byte[] destination, byte[] body) {
		frame.write(PUB, destination, LENGTH, body, END);
	}

	@Override
	public void receive(Connection connection, ByteBuffer payload, int from, int to, ClientLoop loop) {
		byte[] rest = connection.takeCarry();
		if (rest == null) {
			int done = parse(connection, payload, from, to, loop);
			connection.carry(payload, done, to);
			return;
		}
		ByteBuffer joined = ByteBuffer.allocate(rest.length + to - from);
		joined.put(rest).put(payload.slice(from, to - from));
		int done = parse(connection, joined, 0, joined.capacity(), loop);
		connection.carry(joined, done, joined.capacity());
	}

	/** Where the first protocol message begins that is not whole. */
	private int parse(Connection connection, ByteBuffer payload, int from, int to, ClientLoop loop) {
		int at = from;
		while (at < to) {
			int end = lineEnd(payload, at, to);
			if (end < 0) {
				return at;
			}
			int next = end + 2;
			switch (payload.get(at)) {
				case 'M' -> {
					int length = trailingNumber(payload, end);
					next += length + 2;
					if (next > to) {
						return at;
					}
					loop.message(connection, payload, end + 2);
				}
				case 'P' -> answer(connection, payload.get(at + 1), loop);
				case '-' ->
					loop.failed(connection, StandardCharsets.UTF_8.decode(payload.slice(at, end - at)).toString());
				default -> {
					// INFO and +OK ask for nothing
				}
			}
			at = next;
		}
		return at;
	}

	private static void answer(Connection connection, byte second, ClientLoop loop) {
		if (second == 'I') {
			loop.send(connection, PONG);
		}
		else if (!connection.isLoggedIn()) {
			loop.loggedIn(connection);
		}
	}

	private static int lineEnd(ByteBuffer payload, int from, int to) {
		for (int i = from; i < to - 1; i++) {
			if (payload.get(i) == '\r' && payload.get(i + 1) == '\n') {
				return i;
			}
		}
		return -1;
	}

	/** The size of a body is the last word of the line that announces it. */
	private static int trailingNumber(ByteBuffer payload, int end) {
		int number = 0;
		int unit = 1;
		for (int i = end - 1; payload.get(i) != ' '; i--) {
			number += unit * (payload.get(i) - '0');
			unit *= 10;
		}
		return number;
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
