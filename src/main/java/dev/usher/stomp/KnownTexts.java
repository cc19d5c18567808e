package dev.usher.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The names and values that nearly every frame has, found by their bytes, so that a frame
 * does not make them anew. Read-only; any thread may ask.
 */
final class KnownTexts {

	private static final String[] TEXTS = { "destination", "content-type", "content-length", "receipt", "id", "ack",
			"message-id", "subscription", "transaction", "accept-version", "host", "heart-beat", "login", "passcode",
			"Authorization", "authorization", "ticket", "X-XSRF-TOKEN", "durable", "offset", "epoch", "auto", "client",
			"client-individual", "text/plain", "application/json", "text/plain;charset=UTF-8",
			"application/json;charset=UTF-8", "application/octet-stream", "1.2", "1.1,1.2", "1.0,1.1,1.2",
			"1.2,1.1,1.0", "v12.stomp", "0,0", "10000,10000", "/", "0", "true", "false", "sub-0", "sub-1", "sub-2" };

	private static final int LONGEST = 32;

	private static final int SLOTS = 256;

	private static final String[][] BUCKETS = new String[SLOTS][];

	private static final byte[][][] BYTES = new byte[SLOTS][][];

	static {
		for (String text : TEXTS) {
			byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
			int slot = slot(bytes, 0, bytes.length);
			BUCKETS[slot] = append(BUCKETS[slot], new String[0], text);
			BYTES[slot] = append(BYTES[slot], new byte[0][], bytes);
		}
	}

	private KnownTexts() {
	}

	private static <T> T[] append(T @Nullable [] some, T[] none, T one) {
		T[] base = (some != null) ? some : none;
		T[] longer = Arrays.copyOf(base, base.length + 1);
		longer[base.length] = one;
		return longer;
	}

	private static int slot(byte[] bytes, int from, int to) {
		return ((to - from) * 31 + bytes[from] * 7 + bytes[to - 1]) & (SLOTS - 1);
	}

	/**
	 * The string of these bytes, where it is a common one.
	 * @return null where it is not
	 */
	static @Nullable String find(byte[] bytes, int from, int to) {
		if (from == to || to - from > LONGEST) {
			return null;
		}
		int slot = slot(bytes, from, to);
		byte[][] candidates = BYTES[slot];
		if (candidates == null) {
			return null;
		}
		for (int i = 0; i < candidates.length; i++) {
			if (Arrays.equals(candidates[i], 0, candidates[i].length, bytes, from, to)) {
				return BUCKETS[slot][i];
			}
		}
		return null;
	}

}
