package dev.usher.stomp;

import java.nio.charset.StandardCharsets;

import dev.usher.protocol.Reason;
import dev.usher.protocol.Utf8Validator;

/**
 * Turns the bytes of a header's name or value into text: undoes the escapes of the
 * version and insists on well-formed UTF-8.
 */
final class HeaderDecoder {

	private HeaderDecoder() {
	}

	/**
	 * The text of some bytes.
	 * @param version whose escapes apply; 1.0 for what is literal
	 * @throws FrameException {@link Reason#BAD_FRAME} for an escape the version does not
	 * define or bytes that are not UTF-8
	 */
	static String decode(byte[] bytes, int from, int to, Version version) {
		String known = KnownTexts.find(bytes, from, to);
		if (known != null) {
			return known;
		}
		int seen = 0;
		boolean escaped = false;
		for (int i = from; i < to; i++) {
			byte b = bytes[i];
			seen |= b;
			escaped |= b == '\\';
		}
		if (escaped && version.escapes()) {
			byte[] plain = new byte[to - from];
			return text(plain, 0, unescape(bytes, from, to, plain, version), seen);
		}
		return text(bytes, from, to, seen);
	}

	private static String text(byte[] bytes, int from, int to, int seen) {
		if (seen >= 0) {
			return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
		}
		if (!Utf8Validator.isValid(bytes, from, to)) {
			throw FrameException.bad("A header is not UTF-8.");
		}
		return new String(bytes, from, to - from, StandardCharsets.UTF_8);
	}

	private static int unescape(byte[] bytes, int from, int to, byte[] plain, Version version) {
		int length = 0;
		for (int i = from; i < to; i++) {
			byte b = bytes[i];
			if (b == '\\') {
				i++;
				b = meant((i < to) ? bytes[i] : 0, version);
			}
			plain[length++] = b;
		}
		return length;
	}

	/** STOMP 1.2, section "Value Encoding": what is not defined there is fatal. */
	private static byte meant(byte letter, Version version) {
		if (letter == 'r' && version == Version.V1_2) {
			return '\r';
		}
		return switch (letter) {
			case 'n' -> '\n';
			case 'c' -> ':';
			case '\\' -> '\\';
			default ->
				throw FrameException.bad("A header has an escape that STOMP " + version.text() + " does not define.");
		};
	}

}
