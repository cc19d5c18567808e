package dev.usher.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What every answer says, what no log says, and who is too slow. */
class EdgeTests {

	/** One that waits for no request longer than three seconds. */
	private static HttpNode hasty;

	@TempDir
	private Path folder;

	@BeforeAll
	static void start() {
		hasty = HttpNode.start(Store.EMBEDDED, "usher.http.request-timeout=3s", "usher.connect.heartbeat=1s");
	}

	@AfterAll
	static void stop() {
		hasty.close();
	}

	private static String raw(HttpNode node, String request) throws IOException {
		try (Socket socket = new Socket("localhost", node.port())) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			byte[] buffer = new byte[8192];
			int count = socket.getInputStream().read(buffer);
			return new String(buffer, 0, count, StandardCharsets.US_ASCII);
		}
	}

	@Test
	void connectionWhenItEndsAfterAnAnswerThenTheAnswerSaysSo() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED)) {
			for (String request : List.of("DELETE /auth/sessions/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
					"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "FOO\r\n\r\n",
					"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n",
					"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost.\r\n\r\n",
					"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
					"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n")) {
				assertThat(raw(node, request).toLowerCase()).as(request)
					.startsWith("http/1.1 4")
					.contains("connection: close");
			}
			assertThat(raw(node, "GET /auth/me HTTP/1.1\r\nHost: localhost\r\n\r\n"))
				.doesNotContain("Connection: close");
		}
	}

	@Test
	void answersWhenOfAnyPartThenCarryTheSecurityHeaders() throws IOException {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.proxies=127.0.0.1")) {
			for (String request : List.of("GET /auth/me HTTP/1.1\r\nHost: localhost\r\n\r\n",
					"GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n",
					"GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /nope.html HTTP/1.1\r\nHost: localhost\r\n\r\n",
					"GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "FOO\r\n\r\n",
					"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n",
					"GET /auth/me?access_token=x HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
				String answer = raw(node, request);
				assertThat(answer).as(request)
					.containsOnlyOnce("X-Content-Type-Options: nosniff")
					.containsOnlyOnce("Content-Security-Policy: default-src 'self'")
					.containsOnlyOnce("frame-ancestors 'none'")
					.containsOnlyOnce("Referrer-Policy: no-referrer")
					.doesNotContain("Strict-Transport-Security");
				assertThat(answer.toLowerCase()).doesNotContain("\r\nserver:", "x-powered-by", "jetty");
			}
			for (String path : List.of("/oauth2/jwks", "/actuator/health", "/openapi", "/docs",
					"/.well-known/oauth-authorization-server")) {
				assertThat(raw(node, "HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")).as(path)
					.startsWith((path.equals("/docs")) ? "HTTP/1.1 302" : "HTTP/1.1 200");
			}
			assertThat(raw(node, "HEAD /auth/me HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 401");
			Answer behindTls = node.send(node.request("/oauth2/jwks")
				.header("X-Forwarded-For", "192.0.2.7")
				.header("X-Forwarded-Proto", "https"));
			assertThat(behindTls.header("Strict-Transport-Security")).startsWith("max-age=31536000");
		}
	}

	@Test
	void accessLogWhenOnThenHoldsNoTicketAndNoToken() throws IOException {
		Path log = this.folder.resolve("access.log");
		String ticket;
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "server.jetty.accesslog.enabled=true",
				"server.jetty.accesslog.filename=" + log, "server.jetty.accesslog.format=extended-ncsa")) {
			String token = node.admin();
			ticket = node.call("POST", "/auth/tickets", token, null).text("ticket");
			try (StompClient client = new StompClient(
					RawWebSocket.open(node.port(), "/ws?x=y&ticket=" + ticket, Map.of()))) {
				client.send("CONNECT", "accept-version:1.2").expect("CONNECTED");
			}
			node.get("/nope?access_token=" + token, null);
			node.get("/auth/me?ticket=" + ticket, token);
			node.get("/auth/me;x=" + token, null);
			RawWebSocket.open(node.port(), "/ws;access_token=" + token, Map.of()).close();
			node.send(node.request("/oauth2/jwks").header("Referer", "https://a.example/ws?ticket=" + ticket));
			node.get("/oauth2/jwks?kept=1", null);
			assertThat(node.get("/auth/me?ticket=" + ticket, token).response().body()).doesNotContain(ticket);
			assertThat(Files.readString(log)).doesNotContain(token);
		}
		assertThat(Files.readString(log)).contains("GET /ws?cut", "GET /oauth2/jwks?kept=1")
			.doesNotContain(ticket, "access_token");
	}

	/** A byte now and then, for longer than the limit. */
	private static boolean isCut(HttpNode node, String head, String drop) throws Exception {
		try (Socket socket = new Socket("localhost", node.port())) {
			socket.setSoTimeout(250);
			OutputStream out = socket.getOutputStream();
			InputStream in = socket.getInputStream();
			out.write(head.getBytes(StandardCharsets.US_ASCII));
			long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
			while (System.nanoTime() < deadline) {
				out.write(drop.getBytes(StandardCharsets.US_ASCII));
				try {
					if (in.read() < 0) {
						return true;
					}
				}
				catch (java.net.SocketTimeoutException ex) {
					// Still there; send some more.
				}
			}
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\nX: ",
			"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{" })
	void requestWhenItTricklesThenIsCut(String head) throws Exception {
		assertThat(isCut(hasty, head, "a")).isTrue();
	}

	@Test
	void socketWhenItLivesLongerThanARequestMayThenIsNotCut() {
		String token = hasty.admin();
		try (StompClient client = StompClient.open(hasty.port())) {
			client.send("CONNECT", "accept-version:1.2", "heart-beat:0,1000", "Authorization:Bearer " + token)
				.expect("CONNECTED");
			// Twelve heart-beats take longer than the limit and two sweeps.
			for (int i = 0; i < 12; i++) {
				assertThat(client.socket().read().text()).isEqualTo("\n");
			}
			client.subscribe("s", "/user/topic/x");
		}
	}

}
