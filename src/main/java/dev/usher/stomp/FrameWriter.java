package dev.usher.stomp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Grows the bytes of a frame. Headers are escaped as the version allows; what it cannot
 * escape is replaced by {@value #REPLACEMENT}, so that no name and no value can end its
 * line, its name or the frame. Replaced, not dropped: dropping could turn
 * <code>mess\nage-id</code> into a name that the protocol owns.
 */
final class FrameWriter {

	private static final String REPLACEMENT = "?";

	private byte[] bytes;

	private int length;

	/**
	 * Starts a frame or a part of one.
	 * @param reserve bytes to leave free at the front
	 * @param expected how many bytes will follow, about
	 */
	FrameWriter(int reserve, int expected) {
		this.bytes = new byte[reserve + expected];
		this.length = reserve;
	}

	/** Writes ASCII as it is. */
	FrameWriter raw(String ascii) {
		int count = ascii.length();
		room(count);
		byte[] target = this.bytes;
		int at = this.length;
		for (int i = 0; i < count; i++) {
			target[at + i] = (byte) ascii.charAt(i);
		}
		this.length = at + count;
		return this;
	}

	FrameWriter raw(byte[] some) {
		return raw(some, some.length);
	}

	/** Writes what another wrote that reserved nothing. */
	FrameWriter raw(FrameWriter part) {
		return raw(part.bytes, part.length);
	}

	private FrameWriter raw(byte[] some, int count) {
		room(count);
		System.arraycopy(some, 0, this.bytes, this.length, count);
		this.length += count;
		return this;
	}

	FrameWriter raw(char ascii) {
		room(1);
		this.bytes[this.length++] = (byte) ascii;
		return this;
	}

	/**
	 * Writes a header line.
	 * @param escapes the version whose escapes may be used; 1.0 for what is literal
	 */
	FrameWriter header(String name, String value, Version escapes) {
		return text(name, escapes, true).raw(':').text(value, escapes, false).raw('\n');
	}

	/** Writes the length of the body, the blank line, the body and the NUL. */
	FrameWriter body(byte[] body, boolean announce) {
		if (announce) {
			raw("content-length:").raw(Integer.toString(body.length)).raw('\n');
		}
		room(body.length + 2);
		return raw('\n').raw(body).raw('\0');
	}

	FrameWriter text(String text, Version escapes, boolean name) {
		// Most texts are ASCII without anything to escape: one byte a character.
		int count = text.length();
		room(count);
		byte[] target = this.bytes;
		int at = this.length;
		for (int i = 0; i < count; i++) {
			char c = text.charAt(i);
			if (c < ' ' || c == ':' || c == '\\' || c >= 0x80) {
				this.length = at + i;
				return rest(text, i, escapes, name);
			}
			target[at + i] = (byte) c;
		}
		this.length = at + count;
		return this;
	}

	private FrameWriter rest(String text, int from, Version escapes, boolean name) {
		// A lone surrogate, which is no text, becomes a question mark as well.
		StringBuilder escaped = new StringBuilder(text.length() - from + 16);
		for (int i = from; i < text.length(); i++) {
			escape(text.charAt(i), escapes, name, escaped);
		}
		return raw(escaped.toString().getBytes(StandardCharsets.UTF_8));
	}

	private static void escape(char c, Version version, boolean name, StringBuilder escaped) {
		boolean escapes = version.escapes();
		switch (c) {
			case '\0' -> escaped.append(REPLACEMENT);
			case '\n' -> escaped.append((escapes) ? "\\n" : REPLACEMENT);
			case '\r' -> escaped.append((version == Version.V1_2) ? "\\r" : REPLACEMENT);
			case '\\' -> escaped.append((escapes) ? "\\\\" : "\\");
			case ':' -> escaped.append((escapes) ? "\\c" : (name) ? REPLACEMENT : ":");
			default -> escaped.append(c);
		}
	}

	private void room(int more) {
		if (this.length + more > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.length + more, this.bytes.length * 2));
		}
	}

	int length() {
		return this.length;
	}

	/** The bytes, in an array without anything behind them. */
	byte[] bytes() {
		return (this.length == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.length);
	}

}
