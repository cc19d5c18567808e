package dev.usher.stomp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.protocol.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The rules of the standard, one line each, every one read in one piece, from memory
 * outside the heap, and byte by byte.
 */
class FrameDecoderTests {

	private static final String ALL = "1.0 1.1 1.2";

	private static final String BAD = "BAD_FRAME";

	/** Versions, what the client sends, what is read of it: frames or a reason. */
	static Stream<Arguments> rules() {
		return Stream.of(
				// Frames
				rule(ALL, "SEND\ndestination:/topic/a\n\nhi^", "SEND{destination=/topic/a}hi"),
				rule(ALL, "SEND\n\n^", "SEND{}"), rule(ALL, "BEGIN\ntransaction:t\n\n^", "BEGIN{transaction=t}"),
				rule(ALL, "ACK\n\n^NACK\n\n^COMMIT\n\n^ABORT\n\n^", "ACK{} NACK{} COMMIT{} ABORT{}"),
				rule(ALL, "SUBSCRIBE\nid:1\n\n^UNSUBSCRIBE\nid:1\n\n^DISCONNECT\n\n^",
						"SUBSCRIBE{id=1} UNSUBSCRIBE{id=1} DISCONNECT{}"),
				rule(ALL, "\n\n\nSEND\n\n1^\n\n\nSEND\n\n2^\n", "SEND{}1 SEND{}2"), rule(ALL, "\n\n\n", ""),
				rule(ALL, "SEND\n\nunfinished", ""),
				// Commands
				rule(ALL, "send\n\n^", BAD), rule(ALL, "SENDS\n\n^", BAD), rule(ALL, "SEN\n\n^", BAD),
				rule(ALL, "MESSAGE\n\n^", BAD), rule(ALL, "CONNECTED\n\n^", BAD), rule(ALL, "ERROR\n\n^", BAD),
				rule(ALL, "GET /ws HTTP/1.1\n\n^", BAD), rule(ALL, "^", BAD), rule(ALL, "SEND^", BAD),
				rule(ALL, " SEND\n\n^", BAD), rule(ALL, "\t\nSEND\n\n^", BAD),
				rule(ALL, "NEVERENDINGCOMMANDWITHOUTANYLINEEND", BAD),
				// Line ends
				rule("1.2", "SEND\r\na:b\r\n\r\nx^", "SEND{a=b}x"), rule("1.2", "\r\n\r\nSEND\n\r\nx^\r\n", "SEND{}x"),
				rule("1.2", "SEND\na:b\rc\n\n^", BAD), rule("1.2", "SEND\na:b\r\r\n\n^", BAD),
				rule("1.2", "\rSEND\n\n^", BAD), rule("1.2", "\r\r\nSEND\n\n^", BAD),
				rule("1.2", "SEND\n\n\r\n^", "SEND{}\r\n"), rule("1.0 1.1", "SEND\r\n\r\n^", BAD),
				rule("1.0 1.1", "\r\nSEND\n\n^", BAD), rule("1.1", "SEND\na:b\r\n\n^", "SEND{a=b\r}"),
				rule("1.1", "SEND\na:b\rc\n\n^", "SEND{a=b\rc}"),
				// Escapes
				rule("1.2", "SEND\na\\cb:\\r\\n\\c\\\\n\n\n^", "SEND{a:b=\r\n:\\n}"),
				rule("1.1", "SEND\na\\cb:\\n\\c\\\\r\n\n^", "SEND{a:b=\n:\\r}"),
				rule("1.0", "SEND\na:\\r\\n\\c\\\\\\t\\\n\n^", "SEND{a=\\r\\n\\c\\\\\\t\\}"),
				rule("1.1", "SEND\na:\\r\n\n^", BAD), rule("1.1 1.2", "SEND\na:\\t\n\n^", BAD),
				rule("1.1 1.2", "SEND\na:b\\\n\n^", BAD), rule("1.1 1.2", "SEND\na:\\N\n\n^", BAD),
				rule("1.1 1.2", "SEND\na\\:b\n\n^", BAD), rule("1.2", "SEND\na:b\\\r\n\n^", BAD),
				rule("1.1 1.2", "SEND\na:\\u003a\n\n^", BAD),
				rule(ALL, "CONNECT\naccept-version:1.2\npasscode:a\\tb\\\n\n^",
						"CONNECT{accept-version=1.2, passcode=a\\tb\\}"),
				rule(ALL, "STOMP\naccept-version:1.2\nlogin:\\c\n\n^", "STOMP{accept-version=1.2, login=\\c}"),
				// Headers
				rule(ALL, "SEND\na:1\nb:2\na:3\n\n^", "SEND{a=1, b=2}"),
				rule(ALL, "SEND\na:1\nA:2\n\n^", "SEND{a=1, A=2}"), rule(ALL, "SEND\na:\n\n^", "SEND{a=}"),
				rule(ALL, "SEND\na:b:c\n\n^", "SEND{a=b:c}"), rule(ALL, "SEND\na\n\n^", BAD),
				rule(ALL, "SEND\n:a\n\n^", BAD), rule(ALL, "SEND\n:\n\n^", BAD), rule(ALL, "SEND\na:b^c\n\n^", BAD),
				rule(ALL, "SEND\n \n\n^", BAD), rule("1.1 1.2", "SEND\na: b \n\n^", "SEND{a= b }"),
				rule("1.0", "SEND\na: b \t\n\n^", "SEND{a=b}"),
				rule(ALL, "CONNECT\nlogin: ann\n\n^", "CONNECT{login=ann}"),
				rule(ALL, "CONNECT\naccept-version:1.1\nlogin: ann\n\n^", "CONNECT{accept-version=1.1, login= ann}"),
				rule(ALL, "SEND\nné:éł€😀\n\n^", "SEND{né=éł€😀}"),
				// Bodies
				rule(ALL, "SEND\ncontent-length:3\n\na^b^", "SEND{content-length=3}a^b"),
				rule(ALL, "SEND\ncontent-length:0\n\n^", "SEND{content-length=0}"),
				rule(ALL, "SEND\ncontent-length:007\n\n1234567^", "SEND{content-length=007}1234567"),
				rule(ALL, "SEND\ncontent-length:3\ncontent-length:9\n\na^b^", "SEND{content-length=3}a^b"),
				rule(ALL, "SEND\ncontent-length:3\n\nabcd^", BAD), rule(ALL, "SEND\ncontent-length:4\n\na^b^\n", BAD),
				rule(ALL, "SEND\ncontent-length:-1\n\n^", BAD), rule(ALL, "SEND\ncontent-length:+1\n\na^", BAD),
				rule(ALL, "SEND\ncontent-length:\n\n^", BAD), rule(ALL, "SEND\ncontent-length:1x\n\na^", BAD),
				rule(ALL, "SEND\ncontent-length:0x1\n\na^", BAD), rule(ALL, "SEND\ncontent-length:١\n\na^", BAD),
				rule("1.1 1.2", "SEND\ncontent-length: 1\n\na^", BAD),
				rule("1.0", "SEND\ncontent-length: 1\n\na^", "SEND{content-length=1}a"),
				rule(ALL, "SEND\ncontent-length:99999999999999999999999\n\n", "TOO_LARGE"),
				rule(ALL, "SEND\ncontent-length:2147483647\n\n", "TOO_LARGE"),
				rule(ALL, "SEND\ncontent-length:18446744073709551617\n\na^", "TOO_LARGE"),
				rule(ALL, "SUBSCRIBE\nid:1\n\nbody^", BAD), rule(ALL, "ACK\ncontent-length:1\n\n^^", BAD),
				rule(ALL, "CONNECT\n\n\n^", BAD),
				rule(ALL, "DISCONNECT\ncontent-length:0\n\n^", "DISCONNECT{content-length=0}"));
	}

	private static Arguments rule(String versions, String sent, String read) {
		return Arguments.of(versions, sent, read);
	}

	@ParameterizedTest
	@MethodSource("rules")
	void eachVersionReadsItsRules(String versions, String sent, String read) {
		for (String text : versions.split(" ")) {
			Version version = Version.negotiate(text);
			assertThat(version).isNotNull();
			byte[] bytes = Wire.bytes(sent);
			String expected = read.replace('^', '\0');
			assertThat(outcome(() -> Wire.whole(Wire.decoder(version), bytes))).as(text).isEqualTo(expected);
			assertThat(outcome(() -> Wire.direct(Wire.decoder(version), bytes))).as(text).isEqualTo(expected);
			assertThat(outcome(() -> Wire.byByte(Wire.decoder(version), bytes))).as(text).isEqualTo(expected);
		}
	}

	private static String outcome(java.util.function.Supplier<List<ClientFrame>> reading) {
		try {
			List<String> frames = new ArrayList<>();
			for (ClientFrame frame : reading.get()) {
				List<String> headers = frame.headers().stream().map((h) -> h.name() + "=" + h.value()).toList();
				frames.add(frame.command() + "{" + String.join(", ", headers) + "}"
						+ new String(frame.body(), java.nio.charset.StandardCharsets.UTF_8));
			}
			return String.join(" ", frames);
		}
		catch (FrameException ex) {
			return ex.reason().name();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "80", "c0af", "c3", "e08080", "eda080", "f0808080", "f4908080", "ff", "e282", "f09f98" })
	void headerThatIsNotUtf8IsFatal(String hex) {
		String value = new String(java.util.HexFormat.of().parseHex(hex), java.nio.charset.StandardCharsets.ISO_8859_1);
		for (String frame : List.of("SEND\na:" + value + "\n\n\0", "SEND\n" + value + ":a\n\n\0",
				"CONNECT\nlogin:" + value + "\n\n\0")) {
			byte[] bytes = frame.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
			assertThat(outcome(() -> Wire.whole(Wire.decoder(Version.V1_2), bytes))).isEqualTo(BAD);
		}
	}

	@Test
	void connectMayEndItsLinesEitherWayBeforeTheVersionIsKnown() {
		FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
		byte[] bytes = Wire.bytes("CONNECT\r\naccept-version:1.1\r\n\r\n^");
		ClientFrame frame = Wire.whole(decoder, bytes).get(0);
		assertThat(frame.header("accept-version")).isEqualTo("1.1");
		assertThat(frame.size()).isEqualTo(bytes.length);
	}

	@Test
	void versionCountsFromTheNextFrameOfTheSameInput() {
		FrameDecoder decoder = new FrameDecoder(FrameLimits.DEFAULTS);
		ByteBuffer input = ByteBuffer.wrap(Wire.bytes("CONNECT\n\n^SEND\na:\\t\n\n^"));
		assertThat(decoder.next(input)).isNotNull();
		decoder.version(Version.V1_0);
		ClientFrame frame = decoder.next(input);
		assertThat(frame).isNotNull();
		assertThat(frame.header("a")).isEqualTo("\\t");
	}

	@Test
	void receiptReadBeforeTheFrameBrokeIsNamed() {
		FrameException broken = failure("SEND\nreceipt:r1\nno colon\n\n^");
		assertThat(broken.receiptId()).isEqualTo("r1");
		assertThat(broken.reason()).isEqualTo(Reason.BAD_FRAME);
		assertThat(failure("SEND\nno colon\nreceipt:r1\n\n^").receiptId()).isNull();
		assertThat(failure("SEND\ncontent-length:x\nreceipt:r1\n\n^").receiptId()).isEqualTo("r1");
		assertThat(failure("SEND\nreceipt:r1\n\n^SENT\n\n^").receiptId()).isNull();
	}

	@Test
	void failureIsFinal() {
		FrameDecoder decoder = Wire.decoder(Version.V1_2);
		ByteBuffer input = ByteBuffer.wrap(Wire.bytes("BOGUS\n\n^SEND\n\n^"));
		assertThatExceptionOfType(FrameException.class).isThrownBy(() -> decoder.next(input));
		assertThat(input.hasRemaining()).isFalse();
		assertThat(decoder.midFrame()).isFalse();
		assertThat(Wire.whole(decoder, Wire.bytes("SEND\n\n^"))).isEmpty();
	}

	@Test
	void messagesShowNothingOfWhatWasSent() {
		assertThat(failure("CONNECT\npasscode:secret\nsecret\n\n^").text()).doesNotContain("secret");
		ClientFrame frame = Wire.whole(Wire.decoder(Version.V1_2), Wire.bytes("CONNECT\npasscode:secret\n\n^")).get(0);
		assertThat(frame.toString() + frame.headers()).doesNotContain("secret");
	}

	@Test
	void frameKeepsNothingOfTheInput() {
		byte[] bytes = Wire.bytes("SEND\nname:value\n\nbody^");
		ClientFrame frame = Wire.whole(Wire.decoder(Version.V1_2), bytes).get(0);
		java.util.Arrays.fill(bytes, (byte) 'x');
		assertThat(frame.header("name")).isEqualTo("value");
		assertThat(frame.body()).asString().isEqualTo("body");
	}

	@ParameterizedTest
	@EnumSource(Command.class)
	void everyCommandIsFound(Command command) {
		assertThat(Wire.whole(Wire.decoder(Version.V1_2), Wire.bytes(command + "\n\n^"))).singleElement()
			.returns(command, ClientFrame::command);
	}

	private static FrameException failure(String sent) {
		try {
			Wire.whole(Wire.decoder(Version.V1_2), Wire.bytes(sent));
		}
		catch (FrameException ex) {
			return ex;
		}
		throw new AssertionError("Nothing wrong was found");
	}

}
