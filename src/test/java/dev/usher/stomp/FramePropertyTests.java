package dev.usher.stomp;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/** What must hold for every stream, however it is cut, and for every text. */
class FramePropertyTests {

	/** A frame as its sender means it. */
	record Sent(Command command, List<Header> headers, byte[] body, String lineEndsAfter) {

		@Override
		public String toString() {
			return this.command + " " + this.headers.stream().map((h) -> h.name() + "=" + h.value()).toList() + " "
					+ this.body.length;
		}

	}

	@Property(tries = 150)
	void everyCutInTwoGivesTheSameFrames(@ForAll("frames") List<Sent> frames, @ForAll Version version) {
		byte[] stream = stream(frames, version);
		List<List<Object>> whole = Wire.seen(Wire.whole(Wire.decoder(version), stream));
		assertThat(whole).hasSize(frames.size());
		for (int i = 1; i < stream.length; i++) {
			List<ClientFrame> cut = Wire.cut(Wire.decoder(version), stream, IntStream.of(i).iterator());
			assertThat(Wire.seen(cut)).isEqualTo(whole);
		}
	}

	@Property(tries = 500)
	void anyCutsGiveTheSameFrames(@ForAll("frames") List<Sent> frames, @ForAll Version version, @ForAll long seed) {
		byte[] stream = stream(frames, version);
		List<List<Object>> whole = Wire.seen(Wire.whole(Wire.decoder(version), stream));
		IntStream sizes = new Random(seed).ints(1, 12);
		assertThat(Wire.seen(Wire.cut(Wire.decoder(version), stream, sizes.iterator()))).isEqualTo(whole);
		assertThat(Wire.seen(Wire.byByte(Wire.decoder(version), stream))).isEqualTo(whole);
		assertThat(Wire.seen(Wire.direct(Wire.decoder(version), stream))).isEqualTo(whole);
	}

	@Property(tries = 500)
	void whatAClientWritesIsRead(@ForAll("frames") List<Sent> frames, @ForAll Version version) {
		List<ClientFrame> read = Wire.whole(Wire.decoder(version), stream(frames, version));
		for (int i = 0; i < frames.size(); i++) {
			Sent sent = frames.get(i);
			assertThat(read.get(i).command()).isEqualTo(sent.command());
			assertThat(read.get(i).body()).isEqualTo(sent.body());
			for (Header header : sent.headers()) {
				assertThat(read.get(i).header(header.name())).isEqualTo(firstOf(sent.headers(), header.name()));
			}
		}
	}

	@Property(tries = 2000)
	void anyBytesGiveTheSameOutcomeHoweverCut(@ForAll("nearlyStomp") byte[] bytes, @ForAll Version version,
			@ForAll long seed) {
		DecoderOutcome whole = DecoderOutcome.of(version, bytes, IntStream.empty());
		assertThat(DecoderOutcome.of(version, bytes, new Random(seed).ints(1, 9))).isEqualTo(whole);
		assertThat(DecoderOutcome.of(version, bytes, IntStream.generate(() -> 1))).isEqualTo(whole);
	}

	@Property(tries = 1000)
	void whatTheServerWritesIsRead(@ForAll("headers") List<Header> headers, @ForAll byte[] body,
			@ForAll Version version) {
		List<List<String>> expected = new ArrayList<>(
				headers.stream().map((header) -> leaves(header, version, version)).toList());
		if (body.length > 0) {
			expected.add(List.of("content-length", Integer.toString(body.length)));
		}
		byte[] bytes = FrameEncoder.encode(version, "ERROR", headers, body, 7);
		ReadFrame read = ReadFrame.of(version, bytes, 7);
		assertThat(read.command()).isEqualTo("ERROR");
		assertThat(read.headers()).isEqualTo(expected);
		assertThat(read.body()).isEqualTo(body);
	}

	@Property(tries = 300)
	void connectedIsLiteral(@ForAll("headers") List<Header> headers, @ForAll Version version) {
		byte[] bytes = FrameEncoder.encode(version, "CONNECTED", headers, new byte[0], 0);
		assertThat(ReadFrame.of(version, bytes, 0).headers())
			.isEqualTo(headers.stream().map((header) -> leaves(header, version, Version.V1_0)).toList());
	}

	/** What reaches the client of a header: all of it, less what cannot be written. */
	private static List<String> leaves(Header header, Version version, Version escapes) {
		String name = header.name().replace('\0', '?');
		String value = header.value().replace('\0', '?');
		if (escapes != Version.V1_2) {
			name = name.replace('\r', '?');
			value = value.replace('\r', '?');
		}
		if (escapes == Version.V1_0) {
			name = name.replace('\n', '?').replace(':', '?');
			value = value.replace('\n', '?');
		}
		return List.of(name, value);
	}

	private static String firstOf(List<Header> headers, String name) {
		return headers.stream().filter((header) -> header.name().equals(name)).findFirst().orElseThrow().value();
	}

	private static byte[] stream(List<Sent> frames, Version version) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (Sent frame : frames) {
			List<Header> plain = frame.headers();
			bytes.writeBytes(ClientWire.write(version, frame.command(), plain, frame.body()));
			String ends = (version == Version.V1_2) ? frame.lineEndsAfter() : frame.lineEndsAfter().replace("\r", "");
			bytes.writeBytes(Wire.bytes(ends));
		}
		return bytes.toByteArray();
	}

	@Provide
	Arbitrary<List<Sent>> frames() {
		Arbitrary<String> name = Arbitraries.of("destination", "receipt", "id", "content-type", "x-é", "a", "€😀");
		Arbitrary<String> value = Arbitraries.strings().withChars("ab/.-0 é€x").ofMaxLength(12).map(String::trim);
		Arbitrary<List<Header>> headers = Combinators.combine(name, value).as(Header::new).list().ofMaxSize(6);
		Arbitrary<byte[]> body = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
		Arbitrary<Command> command = Arbitraries.of(Command.SEND, Command.SEND, Command.ACK, Command.SUBSCRIBE);
		Arbitrary<String> ends = Arbitraries.of("", "", "\n", "\r\n", "\n\n\r\n");
		return Combinators.combine(command, headers, body, ends)
			.as((c, h, b, e) -> new Sent(c, h, (c.mayHaveBody()) ? b : new byte[0], e))
			.list()
			.ofMinSize(1)
			.ofMaxSize(4);
	}

	@Provide
	Arbitrary<List<Header>> headers() {
		Arbitrary<Character> character = Arbitraries.oneOf(Arbitraries.of('\r', '\n', ':', '\\', '\0', 'r', 'n', 'c'),
				Arbitraries.chars().filter((c) -> !Character.isSurrogate(c)), Arbitraries.chars().range(' ', '~'));
		Arbitrary<String> text = character.list()
			.ofMaxSize(12)
			.map((list) -> list.stream().map(String::valueOf).reduce("", String::concat));
		Arbitrary<String> pair = Arbitraries.oneOf(text, text.map((some) -> some + "😀"));
		return Combinators.combine(pair.filter((some) -> !some.isEmpty()), pair)
			.as(Header::new)
			.list()
			.ofMinSize(1)
			.ofMaxSize(5);
	}

	/** Pieces of frames in any order, so that every rule is broken somewhere. */
	@Provide
	Arbitrary<byte[]> nearlyStomp() {
		return Arbitraries
			.of("SEND", "ACK", "CONNECT", "STOMP", "\n", "\n", "\n\n", "\r\n", "\r", "^", "^", "a:b\n", "receipt:r\n",
					"content-length:3\n", "content-length:0\n", "content-length:", "99999", "-1", "abc", ":", "\\",
					"\\n", "\\r", "é", "SUBSCRIBE\n\n^", "SEND\n\nx^", "accept-version:1.2\n", " ")
			.list()
			.ofMaxSize(14)
			.map((pieces) -> Wire.bytes(String.join("", pieces)));
	}

}
