package dev.usher.socket;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ends a session ends its sockets: logout, a revocation, the token's end. All of it
 * under the eyes of one who reads the log.
 */
class SessionEndTests {

	private static final String PASSWORD = "correct horse battery staple";

	private static final TestGateway gateway = SharedGateway.get();

	private static final HttpClient http = HttpClient.newHttpClient();

	private static final ConcurrentLinkedQueue<String> secrets = new ConcurrentLinkedQueue<>(List.of(PASSWORD));

	private static LogReader log;

	private record Login(String token, String refreshToken, String sessionId) {
	}

	@BeforeAll
	static void createAccount() {
		log = new LogReader();
		String admin = gateway.token("root", Duration.ofMinutes(15), Map.of("roles", List.of("admin")));
		secrets.add(admin);
		HttpResponse<String> created = call("POST", "/admin/accounts", admin,
				"{\"username\":\"erin\",\"password\":\"" + PASSWORD + "\",\"roles\":[\"user\"]}");
		assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
	}

	@AfterAll
	static void readLog() {
		log.close();
		assertThat(log.lines()).isNotEmpty();
		assertThat(log.lines()).noneMatch((line) -> secrets.stream().anyMatch(line::contains));
	}

	private static HttpResponse<String> call(String method, String path, String token, String body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + gateway.port() + path))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
			.header("Content-Type", "application/json");
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		try {
			return http.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Login login() {
		HttpResponse<String> answer = call("POST", "/auth/login", null,
				"{\"username\":\"erin\",\"password\":\"" + PASSWORD + "\"}");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		Login login = new Login(member(answer.body(), "access_token"), member(answer.body(), "refresh_token"),
				member(answer.body(), "session_id"));
		secrets.add(login.token());
		secrets.add(login.refreshToken());
		return login;
	}

	private static String member(String json, String name) {
		Matcher matcher = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
		assertThat(matcher.find()).as(name).isTrue();
		return matcher.group(1);
	}

	private static long connected(Login login) {
		return gateway.bean(Connections.class)
			.connectedOf("erin")
			.stream()
			.map(StompConnection::caller)
			.filter((caller) -> caller != null && login.sessionId().equals(caller.sessionId()))
			.count();
	}

	private static StompClient connect(Login login) {
		return StompClient.connect(gateway.port(), login.token());
	}

	@Test
	void logoutWhenSocketsAreOpenThenTheyEndBeforeItIsAnsweredAndTheTokenOpensNoMore() {
		Login login = login();
		Login other = login();
		try (StompClient first = connect(login);
				StompClient second = connect(login);
				StompClient kept = connect(other)) {
			assertThat(connected(login)).isEqualTo(2);
			assertThat(call("POST", "/auth/logout", login.token(), null).statusCode()).isEqualTo(204);
			assertThat(connected(login)).isZero();
			assertThat(first.expectError("revoked", 4503).header("retry")).isEqualTo("login");
			second.expectError("revoked", 4503);
			kept.expectNothing();
		}
		try (StompClient late = gateway.open()) {
			late.sendConnect(login.token()).expectError("revoked", 4503);
		}
	}

	@Test
	void sessionWhenEndedFromAnotherDeviceThenItsSocketsEnd() {
		Login lost = login();
		Login mine = login();
		try (StompClient client = connect(lost)) {
			assertThat(call("DELETE", "/auth/sessions/" + lost.sessionId(), mine.token(), null).statusCode())
				.isEqualTo(204);
			client.expectError("revoked", 4503);
		}
	}

	@Test
	void refreshTokenWhenUsedTwiceThenTheSocketsOfTheSessionEnd() {
		Login login = login();
		String body = "{\"refresh_token\":\"" + login.refreshToken() + "\"}";
		try (StompClient client = connect(login)) {
			HttpResponse<String> refreshed = call("POST", "/auth/refresh", null, body);
			secrets.add(member(refreshed.body(), "access_token"));
			secrets.add(member(refreshed.body(), "refresh_token"));
			String successor = "{\"refresh_token\":\"" + member(refreshed.body(), "refresh_token") + "\"}";
			HttpResponse<String> again = call("POST", "/auth/refresh", null, successor);
			secrets.add(member(again.body(), "access_token"));
			secrets.add(member(again.body(), "refresh_token"));
			client.expectNothing();
			assertThat(call("POST", "/auth/refresh", null, body).statusCode()).isEqualTo(401);
			client.expectError("revoked", 4503);
		}
	}

	@Test
	void connectionsWhenCountedThenEachCountsOnceHoweverItEnds() {
		Login login = login();
		StompClient kept = connect(login);
		StompClient told = connect(login);
		StompClient refused = connect(login);
		StompClient cut = connect(login);
		assertThat(connectionsOf(login)).isEqualTo(4);
		told.sendAndWait("DISCONNECT").expectClose(1000, "");
		refused.send("ACK").expectError("bad_frame", 4500);
		told.answerClose();
		refused.answerClose();
		assertThat(told.socket().isCut()).isTrue();
		assertThat(refused.socket().isCut()).isTrue();
		assertThat(connectionsOf(login)).isEqualTo(2);
		cut.close();
		Await.until(() -> connectionsOf(login) == 1);
		kept.expectNothing().close();
		Await.until(() -> connectionsOf(login) == 0);
	}

	private static int connectionsOf(Login login) {
		return gateway.bean(Connections.class).ofSessions(List.of(login.sessionId())).get(login.sessionId());
	}

	@Test
	void tokenWhenItEndsWhileMessagesStreamThenNoneFollows() {
		try (StompClient reader = StompClient.connect(gateway.port(),
				gateway.token("ann", Duration.ofSeconds(60), Map.of())); StompClient writer = gateway.connect("ben")) {
			reader.subscribe("a", "/topic/stream");
			for (int i = 0; i < 500; i++) {
				writer.publish("/topic/stream", "before");
			}
			writer.expectNothing();
			gateway.clock().advance(Duration.ofMillis(59_999));
			writer.publish("/topic/stream", "before");
			writer.expectNothing();
			gateway.clock().advance(Duration.ofMillis(1));
			for (int i = 0; i < 100; i++) {
				writer.publish("/topic/stream", "after");
			}
			StompFrame frame = reader.read();
			int before = 0;
			while (frame.command().equals("MESSAGE")) {
				assertThat(frame.text()).isEqualTo("before");
				before++;
				frame = reader.read();
			}
			assertThat(before).isEqualTo(501);
			assertThat(frame.header("code")).isEqualTo("token_expired");
			assertThat(frame.header("retry")).isEqualTo("refresh");
			reader.expectClose(4012, "token_expired");
		}
	}

	@Test
	void tokenWhenItEndsAndNothingIsSentThenTheConnectionEndsAllTheSame() {
		String token = gateway.token("ann", Duration.ofSeconds(60), Map.of());
		secrets.add(token);
		try (StompClient idle = StompClient.connect(gateway.port(), token)) {
			gateway.clock().advance(Duration.ofSeconds(60));
			idle.expectError("token_expired", 4012);
		}
	}

	@Test
	void frameWhenTheTokenHasEndedThenItTakesNoEffect() {
		try (StompClient writer = StompClient.connect(gateway.port(),
				gateway.token("ann", Duration.ofSeconds(60), Map.of())); StompClient reader = gateway.connect("ben")) {
			reader.subscribe("b", "/topic/late");
			gateway.clock().advance(Duration.ofSeconds(60));
			writer.publish("/topic/late", "too late").expectError("token_expired", 4012);
			reader.expectNothing();
		}
	}

	/**
	 * Each attack of a kind once more, so that whoever reads the log has something to
	 * read.
	 */
	@Test
	void credentialsWhenRefusedThenTheLogHoldsNone() {
		String bens = gateway.token("ben");
		String wrong = gateway.token("ann").replaceAll("\\.[^.]+$", ".AAAA");
		secrets.addAll(List.of(bens, wrong, "not-the-password"));
		try (StompClient client = gateway.open()) {
			client.sendConnect(wrong, "passcode:" + bens).expectError("unauthorized", 4502);
		}
		try (StompClient client = gateway.open()) {
			client.sendConnect(bens, "passcode:not-the-password").expectError("unauthorized", 4502);
		}
		try (StompClient client = gateway.open()) {
			client.sendConnect(bens).expect("CONNECTED");
			client.send("SEND", "destination:/topic/*", "Authorization:Bearer " + bens).expectError("bad_frame", 4500);
		}
		try (StompClient client = gateway.open()) {
			client.sendRaw("CONNECT\nAuthorization:Bearer " + bens + "\nno colon but a token " + bens + "\n\n\0");
			client.expectError("bad_frame", 4500);
		}
		call("GET", "/auth/me?access_token=" + bens, null, null);
		call("POST", "/auth/login", null, "{\"username\":\"erin\",\"password\":\"not-the-password\"}");
		call("POST", "/auth/login", null, "{\"username\":\"erin\",\"password\":\"" + PASSWORD);
	}

}
