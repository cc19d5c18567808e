package dev.usher.bench;

import java.nio.ByteBuffer;

/**
 * How one server is spoken to over its WebSocket. Called on the thread of the
 * {@link ClientLoop} alone; keeps no state of a connection but in the connection.
 */
interface Peer {

	/** A body begins with sixteen hexadecimal digits, see {@link FrameWriter#body}. */
	int STAMP_LENGTH = 16;

	/** What the handshake offers as {@code Sec-WebSocket-Protocol}, empty for nothing. */
	String subprotocol();

	/** Whether frames go out as binary ones. */
	boolean binary();

	/** The payload that logs a user in, sent once the handshake is through. */
	byte[] login(String user);

	/** The payload that subscribes to a destination. */
	byte[] subscribe(String destination);

	/** The topic all share. */
	String topic();

	/** Where a user subscribes to what is theirs alone. */
	String ownDestination(String user);

	/** Where one publishes to a user. */
	String userDestination(String user);

	/** Writes one message, as one WebSocket frame. */
	void publish(FrameWriter frame, byte[] destination, byte[] body);

	/**
	 * One data frame has come, whole.
	 * @param connection who got it
	 * @param payload where it is
	 * @param from its first byte
	 * @param to the byte after its last
	 * @param loop what to tell about logins and messages
	 */
	void receive(Connection connection, ByteBuffer payload, int from, int to, ClientLoop loop);

	/** The stamp at the start of a body. */
	static long stamp(ByteBuffer buffer, int at) {
		long stamp = 0;
		for (int i = at; i < at + STAMP_LENGTH; i++) {
			stamp = (stamp << 4) | Character.digit(buffer.get(i), 16);
		}
		return stamp;
	}

}
