package dev.usher.attack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway that speaks TLS itself, has little patience, and takes no message for a user
 * it has never heard of.
 */
class StrictIT {

	/** So long a handshake may take there. */
	private static final String PATIENCE = "5s";

	private static final int CROWD = 150;

	/** The head of a record that has 512 bytes, as a ClientHello begins. */
	private static final byte[] HELLO = { 0x16, 3, 1, 2, 0 };

	@TempDir
	private static Path data;

	private static JavaProcess node;

	private static int port;

	private final HttpClient http = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.sslContext(TestTls.client().context())
		.build();

	@BeforeAll
	static void start() {
		List<String> arguments = new ArrayList<>();
		for (String property : TestTls.properties()) {
			arguments.add("--" + property);
		}
		arguments.addAll(Target.ISSUED);
		arguments.add("--usher.http.request-timeout=" + PATIENCE);
		arguments.add("--usher.publish.unknown-users=refuse");
		arguments.add("--usher.access[0].destination=/user/*/queue/**");
		arguments.add("--usher.access[0].publish=*");
		node = JavaProcess.gateway(data, arguments.toArray(String[]::new));
		port = node.awaitPort();
	}

	@AfterAll
	static void stop() {
		node.close();
		assertThat(node.output()).doesNotContain("\tat ", " ERROR ");
	}

	private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return new Answer(this.http.send(request.timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString()));
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path));
	}

	/** Half of them send nothing at all, half a byte now and then. */
	@Test
	void handshakesOfTlsWhenHundredsNeverEndThenTheyAreCutAndOthersAreServed() throws Exception {
		try (SilentSockets silent = new SilentSockets(port, 4096, SilentSockets::scattered);
				SilentSockets slow = new SilentSockets(port, 4096, SilentSockets::scattered)) {
			silent.open(CROWD, new byte[0]);
			slow.open(CROWD, HELLO);
			// On a busy machine the first may be cut before the last is there.
			assertThat(slow.uncut()).isPositive();
			assertThat(send(request("/actuator/health/liveness").GET()).status()).isEqualTo(200);
			connect("ann").close();
			Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(500)).until(() -> {
				slow.trickle(0);
				return slow.uncut() + silent.uncut() == 0;
			});
		}
	}

	private static StompClient connect(String user) {
		StompClient client = new StompClient(RawWebSocket.openSecure(port, "/ws", Map.of(), 0));
		client.sendConnect(Target.token(user)).expect("CONNECTED");
		return client;
	}

	@Test
	void messageWhenNobodyHasItsUsersNameThenItIsRefusedHoweverItComes() throws Exception {
		Answer single = publish(Map.of("to", "/user/stranger/queue/bills", "body", "x"));
		assertThat(single.status()).isEqualTo(404);
		assertThat(single.code()).isEqualTo("unknown_user");
		try (StompClient sender = connect("billing")) {
			sender.send(StompFrame.of("SEND", "destination:/user/stranger/queue/bills").body("x"))
				.expectError("unknown_user", 4500);
		}
		Answer some = publish(
				Map.of("to", List.of("/user/ADMIN/queue/bills", "/user/stranger/queue/bills"), "body", "x"));
		assertThat(some.status()).isEqualTo(207);
		assertThat(some.json().path("results").findValues("offset")).hasSize(1);
		try (StompClient stranger = connect("stranger")) {
			stranger.subscribe("b", "/user/queue/bills", "offset:0");
			assertThat(publish(Map.of("to", "/user/stranger/queue/bills", "body", "now there")).status())
				.isEqualTo(200);
			StompFrame first = stranger.expect("MESSAGE");
			assertThat(first.text()).isEqualTo("now there");
			assertThat(first.header("offset")).isEqualTo("1");
		}
	}

	private Answer publish(Map<String, Object> message) throws IOException, InterruptedException {
		return send(request("/api/messages").header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + Target.token("billing"))
			.POST(BodyPublishers.ofString(Target.json(message))));
	}

}
