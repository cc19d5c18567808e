package dev.usher.bus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Writes the bytes of an entry: numbers in groups of seven bits, texts in UTF-8 with
 * their length before them. For one thread.
 */
public final class ByteWriter {

	private byte[] bytes;

	private int length;

	/** Begins an entry of about so many bytes. */
	public ByteWriter(int expected) {
		this.bytes = new byte[Math.max(16, expected)];
	}

	/** One byte. */
	public ByteWriter raw(int value) {
		room(1);
		this.bytes[this.length++] = (byte) value;
		return this;
	}

	/** Eight bytes, the highest first. */
	public ByteWriter fixed(long value) {
		room(Long.BYTES);
		for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
			this.bytes[this.length++] = (byte) (value >>> shift);
		}
		return this;
	}

	/** A number that is not negative and mostly small. */
	public ByteWriter number(long value) {
		long rest = value;
		while (rest >>> 7 != 0) {
			raw((int) (rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		return raw((int) rest);
	}

	public ByteWriter text(String text) {
		return bytes(text.getBytes(StandardCharsets.UTF_8));
	}

	/** A text that may be missing. */
	public ByteWriter optional(@Nullable String text) {
		return (text != null) ? raw(1).text(text) : raw(0);
	}

	/** Bytes with their number before them. */
	public ByteWriter bytes(byte[] some) {
		number(some.length);
		return all(some);
	}

	/** Bytes as they are. */
	public ByteWriter all(byte[] some) {
		room(some.length);
		System.arraycopy(some, 0, this.bytes, this.length, some.length);
		this.length += some.length;
		return this;
	}

	private void room(int more) {
		if (this.length + more > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.length + more, 2 * this.bytes.length));
		}
	}

	/** How many bytes {@link #number} writes for a number. */
	public static int lengthOf(long number) {
		return 1 + (Long.SIZE - 1 - Long.numberOfLeadingZeros(number | 1)) / 7;
	}

	/** How many bytes were written. */
	public int length() {
		return this.length;
	}

	/** Forgets what was written after a place; the room for it stays. */
	public void cut(int length) {
		this.length = Math.min(length, this.length);
	}

	/** What was written and the room behind it, until more is written. */
	public byte[] array() {
		return this.bytes;
	}

	/** What was written; nothing more is. */
	public byte[] toBytes() {
		return (this.length == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.length);
	}

}
