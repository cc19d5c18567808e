package dev.usher.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Tells whether bytes are well-formed UTF-8 (RFC 3629, section 4) while their pieces
 * arrive, however they are cut. Overlong forms, surrogates and what is above U+10FFFF are
 * not. The JDK's own way would make a string, or an exception with a stack trace. For one
 * thread at a time.
 */
public final class Utf8Validator {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

	private static final long HIGH_BITS = 0x8080808080808080L;

	/** How many continuation bytes are still to come. */
	private byte missing;

	/** The bounds of the next continuation byte. */
	private int low;

	private int high;

	/** Whether a text that is whole is UTF-8. */
	public static boolean isValid(byte[] bytes, int from, int to) {
		int start = skipAscii(bytes, from, to);
		if (start == to) {
			return true;
		}
		Utf8Validator validator = new Utf8Validator();
		return validator.accept(bytes, start, to) && validator.isComplete();
	}

	/** Takes a piece; says whether the text can still be UTF-8. */
	public boolean accept(byte[] bytes, int from, int to) {
		int at = from;
		while (at < to) {
			if (this.missing == 0) {
				at = skipAscii(bytes, at, to);
			}
			if (at < to && !accept(bytes[at++] & 0xff)) {
				return false;
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

	private boolean accept(int b) {
		if (this.missing > 0) {
			boolean fits = b >= this.low && b <= this.high;
			this.missing--;
			this.low = 0x80;
			this.high = 0xbf;
			return fits;
		}
		this.low = 0x80;
		this.high = 0xbf;
		if (b >= 0xc2 && b <= 0xdf) {
			this.missing = 1;
			return true;
		}
		if (b >= 0xe0 && b <= 0xef) {
			this.missing = 2;
			this.low = (b == 0xe0) ? 0xa0 : 0x80;
			this.high = (b == 0xed) ? 0x9f : 0xbf;
			return true;
		}
		if (b >= 0xf0 && b <= 0xf4) {
			this.missing = 3;
			this.low = (b == 0xf0) ? 0x90 : 0x80;
			this.high = (b == 0xf4) ? 0x8f : 0xbf;
			return true;
		}
		return false;
	}

	/** Whether no character is cut in the middle. */
	public boolean isComplete() {
		return this.missing == 0;
	}

}
