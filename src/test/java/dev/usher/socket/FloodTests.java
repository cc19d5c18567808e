package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Too much, too little, too slow: what one client does must cost the others nothing. */
class FloodTests {

	private static TestGateway gateway;

	/** Lets nobody be silent for long, and has time for readers. */
	private static TestGateway patient;

	@BeforeAll
	static void start() {
		// Without the limits of rate, which would end most floods before they show what
		// they do.
		gateway = TestGateway.start("usher.connect.timeout=30s", "usher.outbound.max-bytes=64KB",
				"usher.outbound.max-age=1s", "usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0");
		patient = TestGateway
			.start("usher.connect.timeout=5s", "usher.outbound.max-bytes=64KB", "usher.outbound.max-age=1m",
					"usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0")
			.sendBuffer(8 * 1024);
	}

	@AfterAll
	static void stop() {
		patient.close();
		gateway.close();
	}

	private static StompClient slowReader(String user) {
		return slowReader(gateway, user);
	}

	private static StompClient slowReader(TestGateway gateway, String user) {
		RawWebSocket socket = RawWebSocket.open(gateway.port(), "/ws", Map.of(), 2048);
		StompClient client = new StompClient(socket);
		client.sendConnect(gateway.token(user)).expect("CONNECTED");
		return client;
	}

	@Test
	void socketWhenSilentThenItEndsWhateverBeatsOrPingsItSends() {
		ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
		try (StompClient silent = patient.open(); StompClient beating = patient.open()) {
			silent.socket().patience(Duration.ofSeconds(30));
			byte[] ping = RawWebSocket.frame(0x89, new byte[0]);
			byte[] newline = RawWebSocket.frame(0x81, new byte[] { '\n' });
			beats.scheduleAtFixedRate(() -> beating.socket().sendBytes(newline).sendBytes(ping), 0, 50,
					TimeUnit.MILLISECONDS);
			StompFrame error = silent.expectError("auth_timeout", 4011);
			assertThat(error.header("retry")).isEqualTo("reconnect");
			beating.expectError("auth_timeout", 4011);
		}
		finally {
			beats.shutdownNow();
		}
	}

	@ParameterizedTest
	@CsvSource({ "'\n','\n'", "'CONNECT\nAuthorization:Bearer ',x", "'CONNECT\n','a:b\n'" })
	void bytesWhenMoreThan16KiBComeBeforeConnectedThenTheConnectionEnds(String start, String filler) {
		try (StompClient client = gateway.open()) {
			client.socket().send(false, RawWebSocket.TEXT, start.getBytes(StandardCharsets.US_ASCII));
			byte[] more = filler.repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);
			client.socket().send(false, RawWebSocket.CONTINUATION, more);
			assertThat(client.expectError("too_large", 4506).headers()).doesNotContainKey("retry-after");
		}
	}

	@Test
	void bytesWhenTheyAreAllPingsBeforeConnectedThenTheyCountToo() {
		try (StompClient client = gateway.open()) {
			byte[] ping = RawWebSocket.frame(0x89, new byte[125]);
			for (int i = 0; i < 130; i++) {
				client.socket().sendBytes(ping);
			}
			client.expectError("too_large", 4506);
		}
	}

	@Test
	void connectWhenItComesByteByByteThenItIsReadOnce() {
		byte[] connect = StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer " + gateway.token("ann"))
			.bytes();
		try (StompClient client = gateway.open()) {
			for (int i = 0; i < connect.length; i++) {
				int opcode = (i == 0) ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION;
				client.socket().send(i == connect.length - 1, opcode, new byte[] { connect[i] });
			}
			client.expect("CONNECTED");
		}
	}

	@Test
	void connectWhenItHasAThousandHeadersThenItIsTooLarge() {
		try (StompClient client = gateway.open()) {
			StringBuilder connect = new StringBuilder("CONNECT\naccept-version:1.2\n");
			for (int i = 0; i < 1000; i++) {
				connect.append('h').append(i).append(":v\n");
			}
			client.sendRaw(connect.append("\n\0").toString()).expectError("too_large", 4506);
		}
	}

	@Test
	void linesWhenAHundredThousandAreEmptyThenTheNextFrameIsRead() {
		try (StompClient client = gateway.connect("ann")) {
			client.sendRaw("\n".repeat(100_000)).expectNothing();
		}
	}

	@Test
	void pingsWhenTheyFloodAndNobodyReadsThenOthersAreServed() {
		try (StompClient flooding = slowReader("ann"); StompClient other = gateway.connect("ben")) {
			byte[] pings = repeat(RawWebSocket.frame(0x89, new byte[125]), 500);
			Thread sender = new Thread(() -> sendUntilRefused(flooding, pings));
			sender.start();
			other.subscribe("a", "/topic/calm");
			for (int i = 0; i < 100; i++) {
				other.publish("/topic/calm", "" + i);
				assertThat(other.expect("MESSAGE").text()).isEqualTo("" + i);
			}
			flooding.close();
		}
	}

	private static void sendUntilRefused(StompClient client, byte[] bytes) {
		try {
			for (int i = 0; i < 1000; i++) {
				client.socket().sendBytes(bytes);
			}
		}
		catch (java.io.UncheckedIOException ex) {
			// The test is over.
		}
	}

	private static byte[] repeat(byte[] bytes, int times) {
		byte[] all = new byte[bytes.length * times];
		for (int i = 0; i < times; i++) {
			System.arraycopy(bytes, 0, all, i * bytes.length, bytes.length);
		}
		return all;
	}

	@Test
	void subscriptionsWhenTheyChurnThenNothingIsLeftOfThem() {
		Subscriptions subscriptions = gateway.bean(Subscriptions.class);
		try (StompClient client = gateway.connect("ann")) {
			StringBuilder churn = new StringBuilder();
			for (int i = 0; i < 5000; i++) {
				churn.append("SUBSCRIBE\nid:a\ndestination:/topic/churn.").append(i % 7).append("\n\n\0");
				churn.append("UNSUBSCRIBE\nid:a\n\n\0");
			}
			client.sendRaw(churn.toString()).expectNothing();
			// Those of the test before may still be going.
			Await.until(() -> subscriptions.size() == 0);
		}
	}

	@Test
	void readerWhenItStopsAndMoreComesThenItEndsAndOthersAreServed() {
		try (StompClient stopped = slowReader("ann"); StompClient reading = gateway.connect("ben")) {
			stopped.subscribe("a", "/topic/flood");
			reading.subscribe("b", "/topic/flood");
			String large = "x".repeat(50_000);
			for (int i = 0; i < 400 && subscribersOf("/topic/flood") > 1; i++) {
				reading.publish("/topic/flood", large);
				assertThat(reading.expect("MESSAGE").body()).hasSize(50_000);
			}
			Await.until(() -> subscribersOf("/topic/flood") == 1);
			// At once: the ERROR waits only so long for a client to take it.
			stopped.expectErrorAfterMessages("slow_consumer", 4013);
			reading.publish("/topic/flood", large);
			assertThat(reading.expect("MESSAGE").body()).hasSize(50_000);
			reading.expectNothing();
		}
	}

	@Test
	void readerWhenItStopsAndNothingMoreComesThenItEndsByAge() {
		try (StompClient stopped = slowReader("late"); StompClient reading = gateway.connect("ben")) {
			stopped.subscribe("a", "/user/topic/age");
			StompConnection connection = connectionOf(gateway, "late");
			Await.until(() -> {
				// Until the kernel takes no more and some of it waits, which the queue
				// has room for. What it was only about to take is no reason to stop.
				while (connection.state() == StompConnection.State.CONNECTED
						&& connection.outlet().socket().queuedBytes() == 0) {
					reading.publish("/user/late/topic/age", "x".repeat(20_000)).expectNothing();
				}
				return connection.state() == StompConnection.State.ENDED;
			});
			stopped.expectErrorAfterMessages("slow_consumer", 4013);
		}
	}

	@Test
	void readerWhenItReadsOnInTimeThenItIsKept() {
		try (StompClient pausing = slowReader(patient, "ann"); StompClient writer = patient.connect("ben")) {
			pausing.subscribe("a", "/user/topic/pause");
			StompConnection connection = connectionOf(patient, "ann");
			for (int round = 0; round < 20; round++) {
				writer.publish("/user/ann/topic/pause", "x".repeat(50_000)).expectNothing();
				Await.until(() -> connection.outlet().socket().queuedBytes() > 0);
				assertThat(pausing.expect("MESSAGE").body()).hasSize(50_000);
				Await.until(() -> connection.outlet().socket().queuedBytes() == 0);
			}
			pausing.expectNothing();
		}
	}

	private static StompConnection connectionOf(TestGateway gateway, String user) {
		return gateway.bean(Connections.class)
			.all()
			.stream()
			.filter((connection) -> connection.caller() != null && connection.caller().name().equals(user))
			.findFirst()
			.orElseThrow();
	}

	private static int subscribersOf(String address) {
		Topic topic = gateway.bean(Subscriptions.class).at(address);
		if (topic == null) {
			return 0;
		}
		return (int) Arrays.stream(topic.subscriptions()).filter(Objects::nonNull).count();
	}

}
