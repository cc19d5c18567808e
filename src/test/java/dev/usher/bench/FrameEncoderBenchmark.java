package dev.usher.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.stomp.FrameEncoder;
import dev.usher.stomp.Header;
import dev.usher.stomp.MessageEncoder;
import dev.usher.stomp.Version;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing a MESSAGE of 128 bytes, and a RECEIPT. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class FrameEncoderBenchmark {

	private static final int RESERVE = 14;

	private static final byte[] NO_BODY = {};

	private final Message message = new Message("k3jx81-2f", Destination.forPublish("/user/alice/topic/news"),
			"application/json", Map.of(), "x".repeat(128).getBytes());

	private final MessageEncoder shared = new MessageEncoder(this.message, "/user/topic/news", List.of());

	/** To one user: everything is built for one frame. */
	@Benchmark
	public byte[] firstOfAMessage() {
		MessageEncoder encoder = new MessageEncoder(this.message, "/user/topic/news", List.of());
		return (encoder.utf8()) ? encoder.encode(Version.V1_2, "sub-0", null, RESERVE) : NO_BODY;
	}

	/** Fan-out to subscriptions of different ids. */
	@Benchmark
	public byte[] nextOfAMessage() {
		return this.shared.encode(Version.V1_2, "sub-0", null, RESERVE);
	}

	@Benchmark
	public byte[] receipt() {
		return FrameEncoder.encode(Version.V1_2, "RECEIPT", List.of(new Header("receipt-id", "r-1")), NO_BODY, RESERVE);
	}

}
