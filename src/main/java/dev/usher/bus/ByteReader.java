package dev.usher.bus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Whatever is not there is an
 * {@link IllegalArgumentException}, however the bytes came about. For one thread.
 */
public final class ByteReader {

	private final byte[] bytes;

	private final int end;

	private int at;

	public ByteReader(byte[] bytes) {
		this(bytes, 0, bytes.length);
	}

	/** Reads a part, from a place to the one before {@code end}. */
	public ByteReader(byte[] bytes, int from, int end) {
		this.bytes = bytes;
		this.at = from;
		this.end = end;
	}

	public int raw() {
		need(1);
		return this.bytes[this.at++] & 0xff;
	}

	public long fixed() {
		need(Long.BYTES);
		long value = 0;
		for (int i = 0; i < Long.BYTES; i++) {
			value = value << Byte.SIZE | this.bytes[this.at++] & 0xff;
		}
		return value;
	}

	public long number() {
		long value = 0;
		for (int shift = 0; shift < Long.SIZE; shift += 7) {
			int next = raw();
			value |= (long) (next & 0x7f) << shift;
			if (next < 0x80) {
				return value;
			}
		}
		throw new IllegalArgumentException("a number has no end");
	}

	public String text() {
		int length = length();
		String text = new String(this.bytes, this.at, length, StandardCharsets.UTF_8);
		this.at += length;
		return text;
	}

	public @Nullable String optional() {
		return (raw() != 0) ? text() : null;
	}

	public byte[] bytes() {
		int length = length();
		byte[] some = Arrays.copyOfRange(this.bytes, this.at, this.at + length);
		this.at += length;
		return some;
	}

	/** Whether there is more. */
	public boolean hasMore() {
		return this.at < this.end;
	}

	private int length() {
		long length = number();
		if (length < 0 || length > this.end - this.at) {
			throw new IllegalArgumentException("a length goes beyond the end");
		}
		return (int) length;
	}

	private void need(int more) {
		if (this.end - this.at < more) {
			throw new IllegalArgumentException("the end came too early");
		}
	}

}
