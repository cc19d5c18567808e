package dev.usher.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The parts of the load that would make figures wrong without anybody seeing it.
 */
class LoadTests {

	@Test
	void writeWhenUnmaskedByTheRuleOfRfc6455GivesThePartsBack() {
		for (int length : new int[] { 1, 7, 8, 125, 126, 400 }) {
			ByteBuffer buffer = ByteBuffer.allocate(8192);
			byte[] payload = new byte[length];
			for (int i = 0; i < length; i++) {
				payload[i] = (byte) i;
			}
			new FrameWriter(buffer, false).write(payload, new byte[] { 0 });
			buffer.flip();
			assertThat(buffer.get() & 0xff).isEqualTo(0x81);
			int size = buffer.get() & 0x7f;
			size = (size == 126) ? buffer.getShort() : size;
			assertThat(size).isEqualTo(length + 1);
			byte[] mask = new byte[4];
			buffer.get(mask);
			for (int i = 0; i < length; i++) {
				assertThat((byte) (buffer.get() ^ mask[i % 4])).isEqualTo((byte) i);
			}
			assertThat(buffer.remaining()).isOne();
		}
	}

	@Test
	void stampWhenReadIsTheOneWritten() {
		byte[] body = FrameWriter.body();
		for (long stamp : new long[] { 0, 1, Long.MAX_VALUE, -1, 0x0123456789abcdefL }) {
			FrameWriter.stamp(body, stamp);
			assertThat(Peer.stamp(ByteBuffer.wrap(body), 0)).isEqualTo(stamp);
		}
	}

	@Test
	void receiveWhenNatsMessagesAreCutAnywhereCountsEachOnce() throws IOException {
		byte[] body = FrameWriter.body();
		FrameWriter.stamp(body, 42);
		String message = "MSG user.u1.x 1 128\r\n" + new String(body, StandardCharsets.US_ASCII) + "\r\n";
		byte[] stream = ("INFO {\"a\":1}\r\nPONG\r\n" + message + "+OK\r\n" + message)
			.getBytes(StandardCharsets.US_ASCII);
		for (int cut = 0; cut <= stream.length; cut++) {
			NatsPeer peer = new NatsPeer("token");
			List<Long> stamps = new ArrayList<>();
			try (ClientLoop loop = new ClientLoop(peer, 1); SocketChannel channel = SocketChannel.open()) {
				loop.listen((connection, stamp) -> stamps.add(stamp));
				Connection connection = new Connection(new Wire.Plain(channel), "u1", new byte[0], null);
				ByteBuffer buffer = ByteBuffer.wrap(stream);
				peer.receive(connection, buffer, 0, cut, loop);
				peer.receive(connection, buffer, cut, stream.length, loop);
				assertThat(connection.isLoggedIn()).isTrue();
				assertThat(stamps).as("cut at %d", cut).containsExactly(42L, 42L);
			}
		}
	}

	@Test
	void receiveWhenTwoStompFramesShareAMessageEndsTheRun() throws Exception {
		String frame = "MESSAGE\ndestination:/topic/bench\n\n"
				+ new String(FrameWriter.body(), StandardCharsets.US_ASCII) + "\0";
		ByteBuffer one = ByteBuffer.wrap(frame.getBytes(StandardCharsets.US_ASCII));
		ByteBuffer two = ByteBuffer.wrap((frame + frame).getBytes(StandardCharsets.US_ASCII));
		try (Issuer issuer = new Issuer(); SocketChannel channel = SocketChannel.open()) {
			StompPeer peer = new StompPeer("topic", issuer);
			Connection connection = new Connection(new Wire.Plain(channel), "u1", new byte[0], null);
			try (ClientLoop loop = new ClientLoop(peer, 1)) {
				assertThatThrownBy(() -> peer.receive(connection, two, 0, two.capacity(), loop))
					.isInstanceOf(BenchmarkException.class);
				peer.receive(connection, one, 0, one.capacity(), loop);
				assertThat(loop.messages()).isOne();
			}
		}
	}

	@Test
	void millisWhenSomeNeverCameIsInfiniteThere() {
		Latencies latencies = new Latencies(100);
		for (int i = 98; i >= 1; i--) {
			latencies.add(i * 1_000_000L);
		}
		assertThat(latencies.millis(0.5)).isEqualTo(50);
		assertThat(latencies.millis(0.99)).isInfinite();
		assertThat(latencies.missing()).isEqualTo(2);
	}

	@Test
	void settingsWhenClusterIsNotNamedThenItTakesNoPart() {
		assertThat(Settings.fromSystemProperties().wants("cluster")).isFalse();
		System.setProperty("bench.scenarios", "cluster");
		try {
			Settings settings = Settings.fromSystemProperties();
			assertThat(settings.wants("cluster")).isTrue();
			assertThat(settings.wantsLive()).isFalse();
			assertThat(settings.peak()).isGreaterThan(2 * settings.clients().get(0));
		}
		finally {
			System.clearProperty("bench.scenarios");
		}
	}

	@Test
	void checkWhenTheGatewayTakesNoPartThenTheClusterIsRefusedWithASentence() {
		System.setProperty("bench.servers", "nats");
		try {
			Settings settings = Settings.fromSystemProperties();
			assertThatThrownBy(() -> ClusterRound.check(settings)).isInstanceOf(BenchmarkException.class)
				.hasMessageContaining("name usher in bench.servers");
		}
		finally {
			System.clearProperty("bench.servers");
		}
	}

	@Test
	void countsWhenTheNodeHasAllItsChannelsConfirmedThenAreWhole() {
		String metrics = """
				# HELP usher_bus_confirmed_channels Channels of those that Redis has confirmed
				usher_bus_confirmed_channels 100501.0
				usher_bus_wanted_channels{node="a"} 100501.0
				""";
		assertThat(ChannelRound.Counts.of(metrics).isWhole()).isTrue();
		assertThat(ChannelRound.Counts.of(metrics.replace("confirmed_channels 100501.0", "confirmed_channels 1.0E2"))
			.isWhole()).isFalse();
		assertThat(ChannelRound.Counts.of(metrics.replace("100501", "99999")).isWhole()).isFalse();
		assertThatThrownBy(() -> ChannelRound.Counts.of("")).isInstanceOf(BenchmarkException.class);
	}

	@Test
	void settingsWhenOutOfBoundsNameTheProperty() {
		System.setProperty("bench.runs", "0");
		try {
			assertThatThrownBy(Settings::fromSystemProperties)
				.hasMessage("bench.runs must be a number from 1 to 20, but is 0");
		}
		finally {
			System.clearProperty("bench.runs");
		}
	}

}
