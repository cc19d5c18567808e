package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed of heart-beats (STOMP 1.2, section "Heart-beating"), in milliseconds, 0
 * for none.
 *
 * @param offered what the gateway says in CONNECTED, both ways
 * @param outgoing the longest the client waits to hear from us
 * @param incoming how often the client promised to be heard
 */
record HeartBeat(int offered, int outgoing, int incoming) {

	/**
	 * Agrees with a client.
	 * @param header its {@code heart-beat} header, absent for none
	 * @param offered what the gateway does and wants
	 */
	static HeartBeat agree(@Nullable String header, int offered) {
		if (header == null) {
			return new HeartBeat(offered, 0, 0);
		}
		int comma = header.indexOf(',');
		if (comma < 0) {
			throw bad();
		}
		int canSend = milliseconds(header.substring(0, comma));
		int wants = milliseconds(header.substring(comma + 1));
		return new HeartBeat(offered, slower(offered, wants), slower(canSend, offered));
	}

	private static int slower(int sender, int receiver) {
		return (sender == 0 || receiver == 0) ? 0 : Math.max(sender, receiver);
	}

	private static int milliseconds(String text) {
		String digits = text.strip();
		if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw bad();
		}
		return Integer.parseInt(digits);
	}

	private static RefusedException bad() {
		return new RefusedException(Reason.BAD_FRAME, "The heart-beat header is two numbers of milliseconds.");
	}

	/** The header of CONNECTED. */
	String header() {
		return this.offered + "," + this.offered;
	}

}
