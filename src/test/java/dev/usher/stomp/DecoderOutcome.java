package dev.usher.stomp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

import dev.usher.protocol.Reason;
import org.jspecify.annotations.Nullable;

/** All that came of some bytes: frames, and the failure if there was one. */
record DecoderOutcome(List<List<Object>> frames, @Nullable Reason failure, @Nullable String receiptId,
		@Nullable String text, boolean midFrame) {

	/** Small, so that short inputs meet every limit. */
	static final FrameLimits LIMITS = new FrameLimits(96, 4, 24);

	static DecoderOutcome of(Version version, byte[] bytes, IntStream sizes) {
		FrameDecoder decoder = new FrameDecoder(LIMITS);
		decoder.version(version);
		List<ClientFrame> frames = new ArrayList<>();
		PrimitiveIterator.OfInt each = sizes.iterator();
		FrameException failure = null;
		int at = 0;
		while (at < bytes.length && failure == null) {
			int size = (each.hasNext()) ? Math.min(each.nextInt(), bytes.length - at) : bytes.length - at;
			// Every second piece is read from memory outside the heap.
			ByteBuffer input = (at % 2 == 0) ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
			failure = drain(decoder, input.put(bytes, at, size).flip(), frames);
			at += size;
		}
		return new DecoderOutcome(Wire.seen(frames), (failure != null) ? failure.reason() : null,
				(failure != null) ? failure.receiptId() : null, (failure != null) ? failure.text() : null,
				decoder.midFrame());
	}

	private static @Nullable FrameException drain(FrameDecoder decoder, ByteBuffer input, List<ClientFrame> frames) {
		try {
			ClientFrame frame = decoder.next(input);
			while (frame != null) {
				frames.add(frame);
				frame = decoder.next(input);
			}
			return null;
		}
		catch (FrameException ex) {
			return ex;
		}
	}

}
