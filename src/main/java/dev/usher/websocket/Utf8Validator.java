package dev.usher.websocket;

/**
 * Checks that a text message is UTF-8 (RFC 3629) while its pieces arrive, however they
 * are cut. Overlong forms, surrogates and what is above U+10FFFF are refused.
 */
final class Utf8Validator {

	/** How many continuation bytes are still to come. */
	private byte missing;

	/** The bounds of the next continuation byte. */
	private int low;

	private int high;

	/** Takes a piece; says whether the message can still be UTF-8. */
	boolean accept(byte[] bytes, int from, int to) {
		int i = from;
		while (i < to) {
			int b = bytes[i];
			if (this.missing == 0 && b >= 0) {
				i++;
			}
			else if (accept(b & 0xff)) {
				i++;
			}
			else {
				return false;
			}
		}
		return true;
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
	boolean isComplete() {
		return this.missing == 0;
	}

}
