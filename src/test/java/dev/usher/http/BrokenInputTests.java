package dev.usher.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Broken input is a 400, and what anybody can do by the thousand is no line of the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class BrokenInputTests {

	private static HttpNode node;

	private static String token;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
		token = node.admin();
		// Made when it is asked for the first time, which takes long.
		assertThat(node.get("/openapi", null).status()).isEqualTo(200);
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static Socket connect() throws IOException {
		Socket socket = new Socket();
		socket.setReceiveBufferSize(2048);
		socket.setSoTimeout(30_000);
		socket.connect(new InetSocketAddress("127.0.0.1", node.port()));
		return socket;
	}

	private static String ask(String request) throws IOException {
		try (Socket socket = connect()) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	private static void assertIsQuiet(String written) {
		assertThat(written.lines()
			.filter((line) -> line.startsWith("\tat ") || line.contains(" WARN ") || line.contains(" ERROR ")))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}zz\r\n0\r\n\r\n", "-1\r\n", "ffffffffffffffffff\r\n{}",
			"2;\u0001\r\n{}\r\n" })
	void chunksWhenBrokenThenBadRequest(String chunks, CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		for (String path : new String[] { "/auth/login", "/auth/logout", "/oauth2/token", "/api/messages", "/nope" }) {
			String answer = ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
					+ "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
			assertThat(answer).as(path).startsWith("HTTP/1.1 400 ").contains("\"code\":\"bad_request\"");
		}
		assertIsQuiet(output.getAll().substring(before));
	}

	/** So much of it is there that a servlet reads it, and the rest is broken. */
	@Test
	void chunksWhenBrokenBehindALargePartThenBadRequest(CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		String large = "20000\r\n[" + " ".repeat(0x20000 - 1) + "\r\nzz\r\n";
		assertThat(ask("POST /api/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
				+ "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + large))
			.startsWith("HTTP/1.1 400 ");
		assertIsQuiet(output.getAll().substring(before));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
			"GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", "GET http://[/ HTTP/1.1\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: localhost\r\nCookie: =;\u0001=\"\r\n\r\n" })
	void headWhenBrokenThenNoLineIsWritten(String request, CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		assertThat(ask(request)).startsWith("HTTP/1.1 400 ").contains("\"code\":\"bad_request\"");
		assertIsQuiet(output.getAll().substring(before));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/*", "*/*", "application/*+json;charset=utf-8",
			"application/json;charset=\u0080", "application/json;charset=nope", "*", "/" })
	void contentTypeWhenItIsNoneThenUnsupportedAndNoLineIsWritten(String type, CapturedOutput output)
			throws IOException {
		int before = output.getAll().length();
		for (String path : new String[] { "/auth/login", "/auth/logout", "/oauth2/token", "/api/messages", "/nope" }) {
			assertThat(ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
					+ "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"))
				.as(path)
				.startsWith("HTTP/1.1 4");
		}
		assertIsQuiet(output.getAll().substring(before));
	}

	/**
	 * The middle byte of a dash in UTF-8 is a control character to whoever reads ISO
	 * 8859-1.
	 */
	@Test
	void loginWhenItsBrowserHasANameInUtf8ThenIsTaken(CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		String body = "{\"username\":\"admin\",\"password\":\"" + node.adminPassword() + "\"}";
		assertThat(ask("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nUser-Agent: kiosk \u00e2\u0080\u0093 hall"
				+ "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
				+ "\r\n\r\n" + body))
			.startsWith("HTTP/1.1 200 ");
		assertIsQuiet(output.getAll().substring(before));
	}

	@ParameterizedTest
	@ValueSource(strings = { "admin", "nobody", "\\ud800" })
	void passwordWhenItHoldsHalfACharacterThenItIsWrongAndNoLineIsWritten(String username, CapturedOutput output)
			throws IOException {
		int before = output.getAll().length();
		String body = "{\"username\":\"" + username + "\",\"password\":\"long enough \\ud800\"}";
		assertThat(post("/auth/login", body)).startsWith("HTTP/1.1 401 ").contains("\"code\":\"bad_credentials\"");
		assertIsQuiet(output.getAll().substring(before));
	}

	@Test
	void passwordWhenANewOneHoldsHalfACharacterThenItIsWeak(CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		String body = "{\"current_password\":\"" + node.adminPassword()
				+ "\",\"new_password\":\"long enough \\udc00\"}";
		assertThat(post("/auth/password", body)).startsWith("HTTP/1.1 422 ").contains("\"code\":\"weak_password\"");
		assertIsQuiet(output.getAll().substring(before));
	}

	private static String post(String path, String body) throws IOException {
		return ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
				+ "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
				+ "\r\n\r\n" + body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/swagger-ui/swagger-ui-bundle.js", "/openapi", "/swagger-ui/index.html" })
	void downloadWhenItsClientGoesAwayThenNoLineIsWritten(String path, CapturedOutput output) throws IOException {
		int before = output.getAll().length();
		for (int i = 0; i < 20; i++) {
			try (Socket socket = connect()) {
				socket.getOutputStream()
					.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(20)
						.getBytes(StandardCharsets.US_ASCII));
				assertThat(socket.getInputStream().read()).isEqualTo('H');
				// Closed with unread bytes it is reset.
			}
		}
		// Whatever was under way has come to its end.
		Awaitility.await().until(() -> node.get("/auth/me", token).status() == 200);
		assertIsQuiet(output.getAll().substring(before));
	}

}
