package dev.usher.stomp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes of a line or a body that came in pieces. Grows with what has come, never with
 * what was announced: a frame that claims a large body costs nothing before it is there.
 */
final class Gathered {

	private static final int SMALLEST = 128;

	private byte[] bytes;

	private int length;

	/**
	 * Starts with room for what is expected soon.
	 * @param expected in bytes
	 * @param most the array never grows beyond, in bytes
	 */
	Gathered(int expected, int most) {
		this.bytes = new byte[Math.min(Math.max(expected, SMALLEST), most)];
	}

	/**
	 * Takes bytes from a buffer.
	 * @param count how many
	 * @param most how many there can be in all
	 */
	void take(ByteBuffer input, int count, int most) {
		int needed = this.length + count;
		if (needed > this.bytes.length) {
			int doubled = (int) Math.min(this.bytes.length * 2L, most);
			this.bytes = Arrays.copyOf(this.bytes, Math.max(needed, doubled));
		}
		input.get(this.bytes, this.length, count);
		this.length = needed;
	}

	void clear() {
		this.length = 0;
	}

	/** The array itself, of which the first {@link #length()} bytes count. */
	byte[] array() {
		return this.bytes;
	}

	int length() {
		return this.length;
	}

	/** An array of just the bytes; this object's own where it is full. */
	byte[] exact() {
		return (this.length == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.length);
	}

}
