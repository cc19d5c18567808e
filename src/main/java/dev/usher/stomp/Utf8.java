package dev.usher.stomp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells whether bytes are well-formed UTF-8 (RFC 3629, section 4), without decoding them.
 * The JDK's own way would make a string, or an exception with a stack trace.
 */
final class Utf8 {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final long HIGH_BITS = 0x8080808080808080L;

	private Utf8() {
	}

	static boolean isValid(byte[] bytes, int from, int to) {
		int at = from;
		while (at < to) {
			at = skipAscii(bytes, at, to);
			if (at < to) {
				int length = sequence(bytes, at, to);
				if (length == 0) {
					return false;
				}
				at += length;
			}
		}
		return true;
	}

	private static int skipAscii(byte[] bytes, int from, int to) {
		int at = from;
		while (at + Long.BYTES <= to && ((long) LONGS.get(bytes, at) & HIGH_BITS) == 0) {
			at += Long.BYTES;
		}
		while (at < to && bytes[at] >= 0) {
			at++;
		}
		return at;
	}

	/**
	 * The length of the sequence of two to four bytes that starts here, 0 where there is
	 * none. The narrowed second bytes shut out overlong forms, surrogates and what is
	 * past U+10FFFF.
	 */
	private static int sequence(byte[] bytes, int at, int to) {
		int first = bytes[at] & 0xff;
		int second = (at + 1 < to) ? bytes[at + 1] & 0xff : 0;
		if (first >= 0xc2 && first <= 0xdf) {
			return (second >= 0x80 && second <= 0xbf) ? 2 : 0;
		}
		if (first >= 0xe0 && first <= 0xef) {
			int low = (first == 0xe0) ? 0xa0 : 0x80;
			int high = (first == 0xed) ? 0x9f : 0xbf;
			return (second >= low && second <= high && continues(bytes, at + 2, to)) ? 3 : 0;
		}
		if (first >= 0xf0 && first <= 0xf4) {
			int low = (first == 0xf0) ? 0x90 : 0x80;
			int high = (first == 0xf4) ? 0x8f : 0xbf;
			boolean valid = second >= low && second <= high && continues(bytes, at + 2, to)
					&& continues(bytes, at + 3, to);
			return (valid) ? 4 : 0;
		}
		return 0;
	}

	private static boolean continues(byte[] bytes, int at, int to) {
		return at < to && (bytes[at] & 0xc0) == 0x80;
	}

}
