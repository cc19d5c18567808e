package dev.usher.attack;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RawWebSocket.Frame;

/**
 * Remembers what the gateway said when it refused something, and every secret that was in
 * play, so that at the end it can be seen that none was said or written down. Any thread
 * may call.
 */
final class Witness {

	private final Set<String> refusals = ConcurrentHashMap.newKeySet();

	private final Set<String> secrets = ConcurrentHashMap.newKeySet();

	/** Sees a WebSocket message or a close. */
	void saw(Frame frame) {
		if (frame.opcode() == RawWebSocket.CLOSE) {
			this.refusals.add(frame.closeReason());
		}
		else if (frame.text().startsWith("ERROR")) {
			this.refusals.add(frame.text());
		}
	}

	/**
	 * Sees an answer to an HTTP request. A nonce is made by chance, and may look like
	 * anything.
	 */
	void saw(int status, Map<String, ?> headers, String body) {
		if (status >= 400) {
			Map<String, Object> told = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
			told.putAll(headers);
			told.remove("DPoP-Nonce");
			this.refusals.add(status + " " + told + "\n" + body);
		}
	}

	/** Remembers a password, a refresh token, a ticket, a cookie. */
	String secret(String value) {
		this.secrets.add(value);
		return value;
	}

	Set<String> refusals() {
		return this.refusals;
	}

	Set<String> secrets() {
		return this.secrets;
	}

}
