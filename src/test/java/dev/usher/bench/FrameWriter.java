package dev.usher.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes client frames of RFC 6455, masked as section 5.3 demands, one after the other
 * into a buffer. Not for several threads.
 */
final class FrameWriter {

	static final int BODY_LENGTH = 128;

	/** More room than any frame written here needs; a token is the longest part. */
	static final int LONGEST_FRAME = 4096;

	private static final int TEXT = 0x81;

	private static final int BINARY = 0x82;

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

	private final byte[] frame = new byte[LONGEST_FRAME + 16];

	private final ByteBuffer buffer;

	private final int opcode;

	private int mask = 0x5bd1e995;

	FrameWriter(ByteBuffer buffer, boolean binary) {
		this.buffer = buffer;
		this.opcode = binary ? BINARY : TEXT;
	}

	/** A new body of {@value #BODY_LENGTH} octets. */
	static byte[] body() {
		byte[] body = new byte[BODY_LENGTH];
		Arrays.fill(body, (byte) 'x');
		stamp(body, 0);
		return body;
	}

	/** Writes a number in front of a body, in as many octets whatever it is. */
	static void stamp(byte[] body, long stamp) {
		for (int i = Peer.STAMP_LENGTH - 1; i >= 0; i--) {
			body[i] = DIGITS[(int) (stamp & 0xf)];
			stamp >>>= 4;
		}
	}

	boolean hasRoom() {
		return this.buffer.remaining() >= this.frame.length;
	}

	/** Appends one frame whose payload is the parts in order. */
	void write(byte[]... parts) {
		write(this.opcode, parts);
	}

	/** Appends the answer to a ping. */
	void pong(byte[] payload) {
		write(0x8a, payload);
	}

	private void write(int first, byte[]... parts) {
		int length = 0;
		for (byte[] part : parts) {
			length += part.length;
		}
		if (length > LONGEST_FRAME) {
			throw new BenchmarkException("A frame of " + length + " bytes is more than this client sends");
		}
		int start = head(first, length);
		int at = start;
		for (byte[] part : parts) {
			System.arraycopy(part, 0, this.frame, at, part.length);
			at += part.length;
		}
		mask(start, at);
		this.buffer.put(this.frame, 0, at);
	}

	private int head(int first, int length) {
		// xorshift: section 5.3 asks for an unpredictable key, which matters to proxies
		// between a browser and a server, of which there is none here
		this.mask ^= this.mask << 13;
		this.mask ^= this.mask >>> 17;
		this.mask ^= this.mask << 5;
		int at = 0;
		this.frame[at++] = (byte) first;
		if (length < 126) {
			this.frame[at++] = (byte) (0x80 | length);
		}
		else {
			this.frame[at++] = (byte) (0x80 | 126);
			this.frame[at++] = (byte) (length >>> 8);
			this.frame[at++] = (byte) length;
		}
		for (int shift = 24; shift >= 0; shift -= 8) {
			this.frame[at++] = (byte) (this.mask >>> shift);
		}
		return at;
	}

	private void mask(int from, int to) {
		long key = ((long) this.mask << 32) | (this.mask & 0xffffffffL);
		int at = from;
		for (; at + 8 <= to; at += 8) {
			LONGS.set(this.frame, at, (long) LONGS.get(this.frame, at) ^ key);
		}
		for (int shift = 56; at < to; at++, shift -= 8) {
			this.frame[at] ^= (byte) (key >>> shift);
		}
	}

}
