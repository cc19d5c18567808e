package dev.usher.stomp;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import dev.usher.protocol.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client can make the decoder hold, whatever it sends. */
class FrameDecoderLimitsTests {

	private static final int KIB = 1024;

	private static final int ENDLESS = 10 * KIB * KIB;

	private final FrameDecoder decoder = Wire.decoder(Version.V1_2);

	private long fed;

	private long most;

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 4096, 100_000 })
	void endlessHeaderLineEndsAtItsLimit(int piece) {
		assertThat(endless("SEND\nname:", "x", piece).reason()).isEqualTo(Reason.TOO_LARGE);
		assertThat(this.fed).isLessThan(5 * KIB + piece);
		assertThat(this.most).isLessThan(9 * KIB);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 4096, 100_000 })
	void endlessCredentialEndsAtItsLimit(int piece) {
		assertThat(endless("CONNECT\nDPoP:", "x", piece).reason()).isEqualTo(Reason.TOO_LARGE);
		assertThat(this.fed).isBetween(16L * KIB, 17L * KIB + piece);
		assertThat(this.most).isLessThan(33 * KIB);
	}

	@ParameterizedTest
	@CsvSource({ "Authorization, 16384", "authorization, 16384", "passcode, 16384", "DPoP, 16384",
			"AUTHORIZATION, 16384", "dpop, 16384", "Passcode, 16384", "Authorizatio, 4096", "passcodes, 4096",
			"login, 4096" })
	void headerLineMayBeAsLongAsItsNameSays(String name, int longest) {
		String longestValue = "x".repeat(longest - name.length() - 1);
		for (String value : List.of(longestValue, longestValue + "x")) {
			byte[] bytes = Wire.bytes("CONNECT\n" + name + ":" + value + "\n\n^");
			for (BiFunction<FrameDecoder, byte[], List<ClientFrame>> way : ways()) {
				FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
				if (value.equals(longestValue)) {
					assertThat(way.apply(decoder, bytes).get(0).header(name)).isEqualTo(value);
				}
				else {
					assertThat(failure(() -> way.apply(decoder, bytes)).reason()).isEqualTo(Reason.TOO_LARGE);
				}
			}
		}
	}

	@Test
	void headerLineThatIsTooLongAndHasACrInItIsTooLargeHoweverCut() {
		byte[] bytes = Wire.bytes("SEND\nname:\r" + "x".repeat(5 * KIB) + "\n\n^");
		for (BiFunction<FrameDecoder, byte[], List<ClientFrame>> way : ways()) {
			FrameDecoder decoder = Wire.decoder(Version.V1_2);
			assertThat(failure(() -> way.apply(decoder, bytes)).reason()).isEqualTo(Reason.TOO_LARGE);
		}
	}

	private static List<BiFunction<FrameDecoder, byte[], List<ClientFrame>>> ways() {
		return List.of(Wire::whole, Wire::direct, Wire::byByte);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 4096, 100_000 })
	void endlessHeadersEndAtTheirLimit(int piece) {
		assertThat(endless("SEND\n", "a:b\n", piece).reason()).isEqualTo(Reason.TOO_LARGE);
		assertThat(this.fed).isLessThan(300 + piece);
		assertThat(this.most).isLessThan(2 * KIB);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 4096, 100_000 })
	void endlessBodyEndsAtTheLimitOfTheFrame(int piece) {
		assertThat(endless("SEND\nreceipt:r\n\n", "x", piece)).returns(Reason.TOO_LARGE, FrameException::reason)
			.returns("r", FrameException::receiptId);
		assertThat(this.fed).isLessThan(65 * KIB + piece);
		assertThat(this.most).isLessThan(66 * KIB);
	}

	@Test
	void endlessCommandEndsAtOnce() {
		assertThat(endless("", "X", 1).reason()).isEqualTo(Reason.BAD_FRAME);
		assertThat(this.fed).isLessThan(16);
	}

	@Test
	void announcedBodyCostsNothingBeforeItIsThere() {
		feed("SEND\ncontent-length:65000\n\n", 100);
		feed("x", 100);
		assertThat(retained(this.decoder)).isLessThan(KIB);
	}

	@Test
	void hugeContentLengthIsRefusedBeforeTheBody() {
		FrameException failure = failure(() -> feed("SEND\ncontent-length:65536\n\n", 100));
		assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
		assertThat(failure.text()).contains("65536", "64", "4096");
	}

	@Test
	void limitsAreExact() {
		String head = "SEND\ncontent-length:65508\n\n";
		String body = "x".repeat(65508);
		assertThat(head.length() + body.length() + 1).isEqualTo(64 * KIB);
		assertThat(Wire.whole(this.decoder, Wire.bytes(head + body + "^"))).singleElement()
			.returns(64 * KIB, ClientFrame::size);
		String open = "SEND\n\n" + "x".repeat(64 * KIB - 7);
		assertThat(Wire.byByte(this.decoder, Wire.bytes(open + "^"))).hasSize(1);
		String line = "a:" + "x".repeat(4 * KIB - 2);
		assertThat(Wire.whole(this.decoder, Wire.bytes("SEND\n" + line + "\n\n^"))).hasSize(1);
		assertThat(Wire.byByte(this.decoder, Wire.bytes("SEND\n" + line + "\r\n\n^"))).hasSize(1);
		assertThat(Wire.whole(this.decoder, Wire.bytes("SEND\n" + "a:b\n".repeat(64) + "\n^"))).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 1000, 1_000_000 })
	void oneMoreIsTooLarge(int piece) {
		String line = "a:" + "x".repeat(4 * KIB - 1);
		for (String sent : new String[] { "SEND\n" + line + "\n\n^", "SEND\n" + line + "\r\n\n^",
				"SEND\n" + "a:b\n".repeat(65) + "\n^", "SEND\n\n" + "x".repeat(64 * KIB - 6) + "^",
				"SEND\ncontent-length:65509\n\n", "SEND\n" + ("a:" + "x".repeat(4000) + "\n").repeat(17) }) {
			FrameDecoder decoder = Wire.decoder(Version.V1_2);
			assertThat(failure(() -> feed(decoder, sent, piece)).reason()).as(sent.substring(0, 20))
				.isEqualTo(Reason.TOO_LARGE);
			assertThat(retained(decoder)).isZero();
		}
	}

	@Test
	void lineEndsBetweenFramesCostNoMemory() {
		byte[] ends = "\r\n\n".repeat(50_000).getBytes();
		ByteBuffer input = ByteBuffer.wrap(ends);
		this.decoder.next(input);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		input.clear();
		long before = threads.getCurrentThreadAllocatedBytes();
		this.decoder.next(input);
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(KIB);
		assertThat(retained(this.decoder)).isZero();
	}

	@Test
	void nothingIsHeldBetweenFrames() {
		feed("SEND\nname:value\n\nbody^", 1);
		assertThat(retained(this.decoder)).isZero();
		assertThat(this.decoder.midFrame()).isFalse();
		feed("\r\n", 1);
		assertThat(this.decoder.midFrame()).isFalse();
		feed("S", 1);
		assertThat(this.decoder.midFrame()).isTrue();
	}

	@Test
	void singleBytesCostMemoryInProportion() {
		byte[] bytes = Wire.bytes("SEND\nname:value\n\n" + "x".repeat(60 * KIB) + "^");
		ByteBuffer input = ByteBuffer.wrap(bytes);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		ClientFrame frame = null;
		for (int i = 1; i <= bytes.length; i++) {
			frame = this.decoder.next(input.limit(i));
		}
		assertThat(frame).isNotNull();
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4L * bytes.length);
	}

	private FrameException endless(String start, String more, int piece) {
		return failure(() -> {
			feed(start, piece);
			String pieces = more.repeat(piece / more.length() + 1);
			while (this.fed < ENDLESS) {
				feed(pieces, piece);
			}
		});
	}

	private static FrameException failure(Runnable feeding) {
		try {
			feeding.run();
		}
		catch (FrameException ex) {
			return ex;
		}
		throw new AssertionError("Nothing was refused");
	}

	private void feed(String text, int piece) {
		feed(this.decoder, text, piece);
	}

	private void feed(FrameDecoder decoder, String text, int piece) {
		byte[] bytes = Wire.bytes(text);
		for (int at = 0; at < bytes.length; at += piece) {
			int length = Math.min(piece, bytes.length - at);
			this.fed += length;
			ByteBuffer input = ByteBuffer.wrap(bytes, at, length);
			Supplier<@Nullable ClientFrame> next = () -> decoder.next(input);
			while (next.get() != null) {
				assertThat(input.position()).isPositive();
			}
			this.most = Math.max(this.most, retained(decoder));
		}
	}

	/** The bytes of everything that the decoder keeps for a frame. */
	private static long retained(FrameDecoder decoder) {
		try {
			long bytes = 0;
			Gathered gathered = (Gathered) field("gathered").get(decoder);
			if (gathered != null) {
				bytes += gathered.array().length;
			}
			FrameHead head = (FrameHead) field("head").get(decoder);
			for (int i = 0; head != null && i < head.count(); i++) {
				bytes += 16 + head.name(i).length() + head.value(i).length();
			}
			return bytes;
		}
		catch (IllegalAccessException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Field field(String name) {
		try {
			Field field = FrameDecoder.class.getDeclaredField(name);
			field.setAccessible(true);
			return field;
		}
		catch (NoSuchFieldException ex) {
			throw new AssertionError(ex);
		}
	}

}
