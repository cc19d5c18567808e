package dev.usher.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.FrameDecoder;
import dev.usher.stomp.FrameLimits;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reading a SEND of 128 bytes with three headers. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FrameDecoderBenchmark {

	private static final String FRAME = "SEND\ndestination:/user/alice/topic/news\ncontent-type:application/json\n"
			+ "content-length:128\n\n" + "x".repeat(128) + "\0";

	/** The container reads from memory outside the heap by default. */
	@Param({ "true", "false" })
	public boolean direct;

	private final FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);

	private ByteBuffer input = ByteBuffer.allocate(0);

	@Setup
	public void fill() {
		byte[] bytes = FRAME.getBytes(StandardCharsets.UTF_8);
		ByteBuffer buffer = (this.direct) ? ByteBuffer.allocateDirect(bytes.length) : ByteBuffer.allocate(bytes.length);
		this.input = buffer.put(bytes).flip();
	}

	@Benchmark
	public @Nullable ClientFrame whole() {
		return this.decoder.next(this.input.rewind());
	}

	@Benchmark
	public @Nullable ClientFrame inTwoPieces() {
		int end = this.input.capacity();
		this.decoder.next(this.input.rewind().limit(end / 2));
		return this.decoder.next(this.input.limit(end));
	}

	@Benchmark
	public @Nullable ClientFrame byByte() {
		int end = this.input.capacity();
		ClientFrame frame = null;
		this.input.rewind();
		for (int i = 1; i <= end; i++) {
			frame = this.decoder.next(this.input.limit(i));
		}
		return frame;
	}

}
