package dev.usher.websocket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import dev.usher.testing.RawWebSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class FrameParserTests {

	/** Writes down what it is told; pieces of one message are joined. */
	private static final class Recorder implements FrameParser.Sink {

		private final StringBuilder heard = new StringBuilder();

		private final ByteArrayOutputStream message = new ByteArrayOutputStream();

		@Override
		public void onData(byte[] bytes, int from, int to, boolean compressed, boolean text, boolean last) {
			this.message.write(bytes, from, to - from);
			if (last) {
				this.heard.append((text) ? "text " : "binary ")
					.append((compressed) ? "compressed " : "")
					.append(Arrays.hashCode(this.message.toByteArray()))
					.append(':')
					.append(this.message.size())
					.append('\n');
				this.message.reset();
			}
		}

		@Override
		public void onPing(byte[] payload) {
			this.heard.append("ping ").append(new String(payload, StandardCharsets.ISO_8859_1)).append('\n');
		}

		@Override
		public void onClose(int status) {
			this.heard.append("close ").append(status).append('\n');
		}

	}

	private static byte[] stream() {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		byte[] payload = new byte[300];
		new Random(1).nextBytes(payload);
		all.writeBytes(RawWebSocket.frame(0x81, "hello".getBytes(StandardCharsets.US_ASCII)));
		all.writeBytes(RawWebSocket.frame(0x82, new byte[0]));
		all.writeBytes(RawWebSocket.frame(0x02, payload));
		all.writeBytes(RawWebSocket.frame(0x89, "between".getBytes(StandardCharsets.US_ASCII)));
		all.writeBytes(RawWebSocket.frame(0x00, new byte[0]));
		all.writeBytes(RawWebSocket.frame(0x8a, "nobody asked".getBytes(StandardCharsets.US_ASCII)));
		all.writeBytes(RawWebSocket.frame(0x80, Arrays.copyOf(payload, 126)));
		all.writeBytes(RawWebSocket.frame(0x89, new byte[0]));
		all.writeBytes(RawWebSocket.frame(0xc1, Arrays.copyOf(payload, 127)));
		all.writeBytes(RawWebSocket.frame(0x88, new byte[] { 3, (byte) 0xe8, 'b', 'y', 'e' }));
		all.writeBytes(RawWebSocket.frame(0x88, new byte[0]));
		return all.toByteArray();
	}

	private static String heard(byte[] bytes, int... cuts) {
		Recorder recorder = new Recorder();
		FrameParser parser = new FrameParser(recorder, true);
		int from = 0;
		for (int cut : cuts) {
			parser.parse(ByteBuffer.wrap(bytes, from, cut - from));
			from = cut;
		}
		parser.parse(ByteBuffer.wrap(bytes, from, bytes.length - from));
		return recorder.heard.toString();
	}

	@Test
	void framesWhenReadAtOnceThenTheyAreHeardInOrder() {
		assertThat(heard(stream()).replaceAll("-?\\d+:", "")).isEqualTo("text 5\nbinary 0\nping between\n"
				+ "binary 426\nping \ntext compressed 127\nclose 1000\nclose 1005\n");
	}

	@Test
	void framesWhenCutAtAnyByteThenTheSameIsHeard() {
		byte[] stream = stream();
		String whole = heard(stream);
		for (int cut = 0; cut <= stream.length; cut++) {
			assertThat(heard(stream, cut)).isEqualTo(whole);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 5, 8, 13, 100 })
	void framesWhenCutEverywhereThenTheSameIsHeard(int piece) {
		byte[] stream = stream();
		int[] cuts = new int[stream.length / piece];
		Arrays.setAll(cuts, (i) -> (i + 1) * piece);
		assertThat(heard(stream, cuts)).isEqualTo(heard(stream));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 125, 126, 127, 65535, 65536, 200_000 })
	void payloadWhenUnmaskedThenItIsWhatWasSent(int length) {
		byte[] payload = new byte[length];
		new Random(length).nextBytes(payload);
		assertThat(heard(RawWebSocket.frame(0x82, payload)))
			.isEqualTo("binary " + Arrays.hashCode(payload) + ":" + length + "\n");
	}

	/** A frame may claim any length: what it claims costs nothing. */
	@Test
	void lengthWhenItIsHugeThenNothingIsHeld() {
		Recorder recorder = new Recorder();
		byte[] head = { (byte) 0x82, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 'x' };
		new FrameParser(recorder, false).parse(ByteBuffer.wrap(head));
		assertThat(recorder.message.toByteArray()).isEqualTo(new byte[] { 'x' });
	}

}
