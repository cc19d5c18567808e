package dev.usher.stomp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/** Bytes as a client would send them, and the decoder fed with them. */
final class Wire {

	private Wire() {
	}

	/** Text with {@code ^} for NUL, as the standard prints it. */
	static byte[] bytes(String text) {
		return text.replace('^', '\0').getBytes(StandardCharsets.UTF_8);
	}

	static FrameDecoder decoder(Version version) {
		FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
		decoder.version(version);
		return decoder;
	}

	static List<ClientFrame> whole(FrameDecoder decoder, byte[] bytes) {
		return drain(decoder, ByteBuffer.wrap(bytes), new ArrayList<>());
	}

	static List<ClientFrame> direct(FrameDecoder decoder, byte[] bytes) {
		ByteBuffer input = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
		return drain(decoder, input, new ArrayList<>());
	}

	static List<ClientFrame> byByte(FrameDecoder decoder, byte[] bytes) {
		return cut(decoder, bytes, IntStream.generate(() -> 1).iterator());
	}

	/** Feeds pieces of the given sizes; the decoder never sees one byte array twice. */
	static List<ClientFrame> cut(FrameDecoder decoder, byte[] bytes, PrimitiveIterator.OfInt sizes) {
		List<ClientFrame> frames = new ArrayList<>();
		int at = 0;
		while (at < bytes.length) {
			int size = (sizes.hasNext()) ? Math.min(sizes.nextInt(), bytes.length - at) : bytes.length - at;
			byte[] piece = new byte[size + 3];
			System.arraycopy(bytes, at, piece, 2, size);
			drain(decoder, ByteBuffer.wrap(piece, 2, size).slice(), frames);
			java.util.Arrays.fill(piece, (byte) '#');
			at += size;
		}
		return frames;
	}

	private static List<ClientFrame> drain(FrameDecoder decoder, ByteBuffer input, List<ClientFrame> frames) {
		ClientFrame frame = decoder.next(input);
		while (frame != null) {
			frames.add(frame);
			frame = decoder.next(input);
		}
		if (input.hasRemaining()) {
			throw new AssertionError("null, but " + input.remaining() + " bytes were left");
		}
		return frames;
	}

	/** Everything one can see of some frames, to compare. */
	static List<List<Object>> seen(List<ClientFrame> frames) {
		List<List<Object>> seen = new ArrayList<>();
		for (ClientFrame frame : frames) {
			seen.add(List.of(frame.command(), frame.headers(), java.util.HexFormat.of().formatHex(frame.body()),
					frame.size()));
		}
		return seen;
	}

}
