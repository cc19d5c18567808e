package dev.usher.socket;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;

import dev.usher.client.java.LogPosition;
import dev.usher.client.java.UsherClient;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestTls;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Readers over TLS whose buffers are small, so that the peer takes a record in pieces and
 * what was encrypted has to wait.
 */
class TlsReplayTests {

	private static final int STORED = 4000;

	private static final int REPLAYS = 40;

	private static final int BUFFER = 8 * 1024;

	private static final HttpClient http = HttpClient.newBuilder().sslContext(TestTls.client().context()).build();

	private static TestGateway gateway;

	private static StompClient publisher;

	@BeforeAll
	static void start() {
		List<String> properties = new ArrayList<>(List.of(TestTls.properties()));
		properties.addAll(List.of("usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0",
				"usher.inbox.keep-count=0", "usher.outbound.max-bytes=64KB"));
		gateway = TestGateway.start(properties.toArray(String[]::new)).sendBuffer(2 * BUFFER);
		publisher = connect("publisher");
		for (int i = 1; i < STORED; i++) {
			publisher.send(stored(i));
		}
		// Its receipt comes when it is kept, and so is what came before.
		publisher.receipt(stored(STORED));
	}

	private static StompFrame stored(int offset) {
		return StompFrame.of("SEND", "destination:/user/ann/queue/log").body("x".repeat(offset * 37 % 500));
	}

	@AfterAll
	static void stop() {
		publisher.close();
		gateway.close();
	}

	private static StompClient connect(String user) {
		StompClient client = new StompClient(RawWebSocket.openSecure(gateway.port(), "/ws", Map.of(), BUFFER));
		client.sendConnect(gateway.token(user)).expect("CONNECTED");
		return client;
	}

	@Test
	void replayWhenThousandsAreStoredThenEachComesOnceAndInOrder() {
		expectReplay(0);
	}

	@Test
	void javaClientWhenGivenAnHttpClientOfOursThenReadsAllOverTls() throws Exception {
		List<Long> offsets = new CopyOnWriteArrayList<>();
		try (UsherClient client = UsherClient.at("https://localhost:" + gateway.port())
			.http(http)
			.tokens((renew) -> gateway.token("ann"))) {
			client.consume("/user/queue/log", null, LogPosition.FIRST, 256,
					(message) -> offsets.add(message.position().offset()));
			Await.within(30, () -> offsets.size() >= STORED);
		}
		assertThat(offsets).isEqualTo(LongStream.rangeClosed(1, STORED).boxed().toList());
	}

	/** Where a replay ends is where nothing comes after that would wake what waits. */
	@Test
	void replayWhenItEndsAnywhereThenTheLastMessageComesToo() {
		long seed = Long.getLong("test.seed", new Random().nextLong());
		Random random = new Random(seed);
		for (int i = 0; i < REPLAYS; i++) {
			try {
				expectReplay(STORED - 100 - random.nextInt(400));
			}
			catch (AssertionError ex) {
				throw new AssertionError("replay " + i + " with -Dtest.seed=" + seed + ": " + ex.getMessage(), ex);
			}
		}
	}

	private static void expectReplay(int after) {
		try (StompClient reader = connect("ann")) {
			reader.subscribe("a", "/user/queue/log", "offset:" + after);
			// The reader does not read meanwhile.
			publisher.expectNothing();
			for (int offset = after + 1; offset <= STORED; offset++) {
				StompFrame message = read(reader, offset + " of " + STORED);
				assertThat(message.headers()).containsEntry("offset", Integer.toString(offset));
				assertThat(message.body()).hasSize(offset * 37 % 500);
			}
		}
	}

	private static StompFrame read(StompClient reader, String which) {
		try {
			return reader.expect("MESSAGE");
		}
		catch (AssertionError ex) {
			throw new AssertionError("message " + which + " did not come: " + ex.getMessage(), ex);
		}
	}

	@RepeatedTest(5)
	void readerWhenItsQueueIsFullThenItIsToldSoAfterWhatHadBegunToLeave() throws Exception {
		try (StompClient slow = connect("slow")) {
			slow.subscribe("a", "/topic/limit");
			int published = 0;
			while (takers(published) > 0) {
				published++;
			}
			int got = 0;
			StompFrame frame = slow.read();
			while (frame.command().equals("MESSAGE")) {
				assertThat(Integer.parseInt(frame.text().split(":")[0])).isEqualTo(got++);
				frame = slow.read();
			}
			assertThat(got).isBetween(1, published - 1);
			assertThat(frame.command()).isEqualTo("ERROR");
			assertThat(frame.headers()).containsEntry("code", "slow_consumer").containsEntry("retry", "reconnect");
			slow.expectClose(4013, "slow_consumer");
		}
	}

	/** Publishes one more; how many connections have taken it. */
	private static int takers(int number) throws IOException, InterruptedException {
		String json = "{\"to\":\"/topic/limit\",\"body\":\"" + number + ":" + "x".repeat(number * 97 % 3000) + "\"}";
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("https://localhost:" + gateway.port() + "/api/messages"))
			.header("Authorization", "Bearer " + gateway.token("publisher"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(json))
			.build();
		Answer answer = new Answer(http.send(request, BodyHandlers.ofString()));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return answer.json().path("results").path(0).path("delivered").asInt();
	}

}
