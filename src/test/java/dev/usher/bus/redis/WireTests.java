package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.usher.bus.EntryKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What goes to Redis and comes from it past Lettuce, byte by byte. */
class WireTests {

	private static final BusFrame HEAD = new BusFrame(4, 1, 77, 0, 0);

	private final List<String> taken = new ArrayList<>();

	private int ends;

	@Test
	void messagesWhenCutAnywhereThenEachIsTakenOnceAndTheRestGoesOn() {
		String before = ">3\r\n$9\r\nsubscribe\r\n$3\r\nu:a\r\n:1\r\n";
		String after = "=8\r\ntxt:a\r\nb\r\n%1\r\n+k\r\n*2\r\n:1\r\n$-1\r\n-ERR no\r\n";
		String stream = before + message("u:a", "one\r\n>3\r\n") + after + message("t:b", "") + before;
		for (int cut = 0; cut <= stream.length(); cut++) {
			EmbeddedChannel channel = reader();
			channel.writeInbound(bytes(stream.substring(0, cut)));
			channel.writeInbound(bytes(stream.substring(cut)));
			assertThat(this.taken).as("cut at %d", cut).containsExactly("u:a=one\r\n>3\r\n", "t:b=");
			assertThat(passed(channel)).as("cut at %d", cut).isEqualTo(before + after + before);
			assertThat(this.ends).isPositive();
		}
	}

	private EmbeddedChannel reader() {
		this.taken.clear();
		this.ends = 0;
		return new EmbeddedChannel(new MessageReader(
				(channel, body) -> this.taken
					.add(new String(channel, StandardCharsets.UTF_8) + "=" + new String(body, StandardCharsets.UTF_8)),
				() -> this.ends++));
	}

	private static String message(String channel, String body) {
		return ">3\r\n$7\r\nmessage\r\n$" + channel.length() + "\r\n" + channel + "\r\n$" + body.length() + "\r\n"
				+ body + "\r\n";
	}

	private static String passed(EmbeddedChannel channel) {
		StringBuilder all = new StringBuilder();
		for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
			all.append(next.toString(StandardCharsets.UTF_8));
			next.release();
		}
		return all.toString();
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	@Test
	void messagesWhenALengthIsNoNumberThenTheConnectionIsClosed() {
		EmbeddedChannel channel = reader();
		channel.writeInbound(bytes(message("u:a", "one") + "$1x\r\n"));
		assertThat(this.taken).containsExactly("u:a=one");
		assertThat(channel.isOpen()).isFalse();
	}

	@Test
	void repliesWhenCutAnywhereThenEachIsHeardOnceInItsOrder() {
		String stream = ":1\r\n-NOPERM no such right\r\n:12\r\n";
		for (int cut = 0; cut <= stream.length(); cut++) {
			List<String> heard = new ArrayList<>();
			ReplyReader reader = new ReplyReader((error) -> heard.add(String.valueOf(error)));
			assertThat(reader.read(bytes(stream.substring(0, cut)))).isTrue();
			assertThat(reader.read(bytes(stream.substring(cut)))).isTrue();
			assertThat(heard).as("cut at %d", cut).containsExactly("null", "NOPERM no such right", "null");
		}
	}

	@Test
	void repliesWhenTheyAreNoneThenItIsSaid() {
		assertThat(new ReplyReader((error) -> {
		}).read(bytes(":1\r\n+OK\r\n"))).isFalse();
	}

	@Test
	void publishWhenTakenThenIsCommandsWithSealedFramesAndWhatWasCutIsNotAmongThem() {
		PublishBuffer buffer = new PublishBuffer(HEAD, "usher:", new FrameSeal(BusNode.KEY), () -> 5);
		buffer.publish("u:bö", List.of(entry("u:bö", "one"), entry("u:bö", "x".repeat(200))));
		int before = buffer.length();
		buffer.publish("u:x", List.of(entry("u:x", "gone")));
		buffer.cut(before);
		buffer.publish("t:news", List.of(entry("t:news", "")));
		ByteBuf commands = buffer.take(UnpooledByteBufAllocator.DEFAULT);
		assertThat(buffer.length()).isZero();
		assertThat(command(commands, "usher:u:bö")).containsExactly("one", "x".repeat(200));
		assertThat(command(commands, "usher:t:news")).containsExactly("");
		assertThat(commands.isReadable()).isFalse();
		commands.release();
	}

	private static Outgoing entry(String channel, String text) {
		return new Outgoing(channel, EntryKind.HINT, text.getBytes(StandardCharsets.UTF_8), 0);
	}

	private static List<String> command(ByteBuf commands, String name) {
		assertThat(line(commands)).isEqualTo("*3");
		assertThat(bulk(commands)).isEqualTo("PUBLISH".getBytes(StandardCharsets.UTF_8));
		byte[] channel = bulk(commands);
		assertThat(new String(channel, StandardCharsets.UTF_8)).isEqualTo(name);
		byte[] frame = bulk(commands);
		assertThat(new FrameSeal(BusNode.KEY).fits(channel, frame)).isTrue();
		assertThat(BusFrame.headOf(frame).time()).isEqualTo(5);
		List<String> entries = new ArrayList<>();
		BusFrame.read(frame, (kind, entry) -> entries.add(new String(entry, StandardCharsets.UTF_8)));
		return entries;
	}

	private static byte[] bulk(ByteBuf commands) {
		byte[] bytes = new byte[Integer.parseInt(line(commands).substring(1))];
		commands.readBytes(bytes);
		assertThat(line(commands)).isEmpty();
		return bytes;
	}

	private static String line(ByteBuf commands) {
		StringBuilder line = new StringBuilder();
		for (char next = (char) commands.readByte(); next != '\n'; next = (char) commands.readByte()) {
			if (next != '\r') {
				line.append(next);
			}
		}
		return line.toString();
	}

}
