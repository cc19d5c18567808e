package dev.usher.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The commands a client may send (STOMP 1.2, section "Client Frames"). {@code STOMP} is
 * another spelling of {@code CONNECT}; {@code NACK} came with 1.1.
 */
public enum Command {

	// The order is the one they are looked up in: the most frequent first.
	SEND, ACK, SUBSCRIBE, UNSUBSCRIBE, CONNECT, STOMP, DISCONNECT, NACK, BEGIN, COMMIT, ABORT;

	/** The longest command, in bytes. */
	static final int LONGEST = "UNSUBSCRIBE".length();

	private static final Command[] ALL = values();

	private final byte[] bytes = name().getBytes(StandardCharsets.US_ASCII);

	/**
	 * The command that some bytes spell, in upper case as the standard has it.
	 * @return null where they spell none
	 */
	static @Nullable Command of(byte[] line, int from, int to) {
		for (Command command : ALL) {
			byte[] bytes = command.bytes;
			if (bytes.length == to - from && Arrays.equals(bytes, 0, bytes.length, line, from, to)) {
				return command;
			}
		}
		return null;
	}

	/** Whether this opens a connection, so that its headers are literal. */
	public boolean connects() {
		return this == CONNECT || this == STOMP;
	}

	/** Whether a frame of this command may have a body. */
	public boolean mayHaveBody() {
		return this == SEND;
	}

}
