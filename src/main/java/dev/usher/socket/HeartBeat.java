package dev.usher.socket;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What was agreed of heart-beats (STOMP 1.2, section "Heart-beating"), in milliseconds, 0
 * for none.
 *
 * @param sends how often the gateway can send, as CONNECTED says
 * @param wants how often it wants to hear from the client, likewise
 * @param outgoing the longest the client waits to hear from us
 * @param incoming how often the client promised to be heard
 */
record HeartBeat(int sends, int wants, int outgoing, int incoming) {

	/**
	 * The fastest that a client is given: a thousand a second for each thousand of them.
	 */
	private static final int FASTEST = 1000;

	/**
	 * Agrees with a client.
	 * @param header its {@code heart-beat} header, absent for none
	 * @param offered what the gateway does and wants where the client asks for no less; 0
	 * for none
	 */
	static HeartBeat agree(@Nullable String header, int offered) {
		if (header == null) {
			return new HeartBeat(offered, offered, 0, 0);
		}
		int comma = header.indexOf(',');
		if (comma < 0) {
			throw bad();
		}
		int canSend = milliseconds(header.substring(0, comma));
		int wants = milliseconds(header.substring(comma + 1));
		int sends = asFastAs(wants, offered);
		int hears = asFastAs(canSend, offered);
		return new HeartBeat(sends, hears, slower(sends, wants), slower(canSend, hears));
	}

	/** What is offered, or less where the client names less. */
	private static int asFastAs(int named, int offered) {
		return (named == 0) ? offered : Math.min(offered, Math.max(named, FASTEST));
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
		return this.sends + "," + this.wants;
	}

}
