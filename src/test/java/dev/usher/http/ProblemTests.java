package dev.usher.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every refusal is a problem document that says nothing of the inside. */
class ProblemTests {

	private static HttpNode node;

	private static String token;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "management.server.port=0",
				"usher.origins=https://app.example.org,http://localhost:3000");
		node.makeUser("alice", "user");
		token = node.login("alice").text("access_token");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET, /auth/nope, 404, not_found", "PUT, /auth/sessions, 405, method_not_allowed",
			"GET, /auth/login, 405, method_not_allowed", "GET, /admin/accounts, 403, forbidden",
			"GET, /admin/nope, 404, not_found", "GET, /nope, 404, not_found", "GET, /actuator, 404, not_found",
			"GET, /actuator/env, 404, not_found", "GET, /error, 404, not_found", "GET, /nope.html, 404, not_found",
			"GET, /auth/%2e%2e/x, 400, bad_request", "GET, /auth//me, 400, bad_request",
			"GET, /auth/me;a=b, 400, bad_request", "DELETE, /auth/sessions/%00, 400, bad_request",
			"DELETE, /auth/sessions/x, 404, not_found" })
	void callerWhenRefusedThenIsToldInAProblem(String method, String path, int status, String code) {
		Answer answer = node.call(method, path, token, null);
		assertThat(answer.code()).isEqualTo(code);
		assertThat(answer.status()).isEqualTo(status);
		assertSaysNothingInner(answer);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nope", "/auth/nope", "/admin/nope", "/api/nope", "/error", "/actuator", "/actuator/env",
			"/h2-console", "/application.yaml", "/nope.txt", "/auth", "/a/b/c" })
	void anybodyWhenNothingIsThereThenIsNotFound(String path) {
		Answer answer = node.get(path, null);
		assertThat(answer.code()).isEqualTo("not_found");
		assertThat(answer.status()).isEqualTo(404);
		assertSaysNothingInner(answer);
	}

	@Test
	void anybodyWhenAskingForTheFirstPageThenFindsTheOthers() {
		Answer page = node.get("/", null);
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.header("Content-Type")).startsWith("text/html");
		Matcher link = Pattern.compile("href=\"([^\"]+)\"").matcher(page.response().body());
		int links = 0;
		while (link.find()) {
			assertThat(node.get(link.group(1), null).status()).as(link.group(1)).isIn(200, 302);
			links++;
		}
		assertThat(links).isGreaterThan(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/auth/me", "/admin/accounts", "/api/messages", "/auth/sessions", "/auth/logout" })
	void anybodyWhenNothingIsOpenThereThenIsUnauthorized(String path) {
		Answer answer = node.get(path, null);
		assertThat(answer.code()).isEqualTo("unauthorized");
		assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"usher\"");
	}

	@Test
	void anybodyWhenOpenThenIsAnswered() {
		assertThat(node.get("/oauth2/jwks", null).status()).isEqualTo(200);
		Answer health = node.get("/actuator/health", null);
		assertThat(health.text("status")).isEqualTo("UP");
		assertThat(health.json().has("components")).isFalse();
		// A client that sends its expired token along must still be able to refresh it.
		assertThat(node.call("POST", "/auth/refresh", "not.a.token", Map.of("refresh_token", "x")).code())
			.isEqualTo("refresh_invalid");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer x", "Bearer", "bearer a b", "Basic YTpi", "Bearer \"x\"", "", "x" })
	void bearerWhenBadThenIsUnauthorizedWithoutSayingWhy(String header) {
		Answer answer = node.send(node.request("/auth/me").header("Authorization", header));
		assertThat(answer.code()).isEqualTo("unauthorized");
		assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"usher\", error=\"invalid_token\"");
		assertThat(answer.text("detail")).isEqualTo("A valid credential is needed.");
	}

	@Test
	void bearerWhenSentTwiceThenIsUnauthorized() {
		Answer answer = node.send(node.request("/auth/me")
			.header("Authorization", "Bearer " + token)
			.header("Authorization", "Bearer " + token));
		assertThat(answer.code()).isEqualTo("unauthorized");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/auth/me?access_token=x", "/auth/me?a=b&access%5Ftoken", "/?ACCESS_TOKEN=x",
			"/auth/login?token=x", "/auth/me?x=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "/nope?access_token=x",
			"/oauth2/jwks?access_token=x", "/auth/me;access_token=x", "/nope;a=b/;jwt" })
	void tokenWhenInTheUrlThenIsRefusedEverywhere(String path) {
		Answer answer = node.get(path, token);
		assertThat(answer.code()).isEqualTo("token_in_url");
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.header("WWW-Authenticate")).contains("error=\"invalid_request\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			value = { "{\"username\":                          | The body is not JSON.", "x | The body is not JSON.",
					"\"x\" | The body must be one JSON object.", "[] | The body must be one JSON object.",
					"{} | Member \"username\" is missing.", "{\"username\":\"a\"} | Member \"password\" is missing.",
					"{\"username\":null,\"password\":\"b\"} | Member \"username\" is missing.",
					"{\"username\":1,\"password\":\"b\"} | Member \"username\" is not of the right type.",
					"{\"username\":\"a\",\"password\":[]} | Member \"password\" is not of the right type.",
					"{\"username\":1e30,\"password\":\"b\"} | Member \"username\" is not of the right type.",
					"{\"username\":\"a\",\"password\":\"b\",\"devise\":\"c\"} | Member \"devise\" is unknown.",
					"{\"username\":\"a\",\"username\":\"b\",\"password\":\"c\"} | Member \"username\" is given twice.",
					"{\"device\":\"a\",\"devise\":\"b\"} | Member \"devise\" is unknown.",
					"null | The body must be one JSON object.",
					"{\"username\":\"a\",\"password\":\"b\"} {} | The body must be one JSON object." })
	void bodyWhenBadThenNamesTheMember(String body, String detail) {
		Answer answer = login(body.strip(), "application/json");
		assertThat(answer.code()).as(answer.toString()).isEqualTo("bad_request");
		assertThat(answer.text("detail")).isEqualTo(detail.strip());
		assertSaysNothingInner(answer);
	}

	@Test
	void bodyWhenNotJsonThenIsUnsupported() {
		assertThat(login("username=a&password=b", "application/x-www-form-urlencoded").code())
			.isEqualTo("unsupported_media_type");
		assertThat(login("", "application/json").text("detail")).isEqualTo("The body must be one JSON object.");
	}

	@Test
	void answerWhenNotAcceptableThenIsRefused() {
		Answer answer = node
			.send(node.request("/auth/me").header("Authorization", "Bearer " + token).header("Accept", "text/html"));
		assertThat(answer.code()).isEqualTo("not_acceptable");
	}

	@Test
	void bodyWhenTooLargeThenIsRefusedHoweverItComes() {
		String large = "{\"username\":\"" + "a".repeat(70_000) + "\",\"password\":\"b\"}";
		for (String path : List.of("/auth/login", "/%61uth/login", "/auth/refresh")) {
			assertThat(send(path, BodyPublishers.ofString(large)).code()).as(path).isEqualTo("too_large");
			byte[] bytes = large.getBytes(StandardCharsets.UTF_8);
			Answer chunked = send(path, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
			assertThat(chunked.code()).as(path).isEqualTo("too_large");
		}
		String deep = "{\"username\":" + "[".repeat(30_000);
		assertThat(login(deep, "application/json").code()).isEqualTo("bad_request");
	}

	private static Answer login(String body, String type) {
		return node.send(node.request("/auth/login").header("Content-Type", type).POST(BodyPublishers.ofString(body)));
	}

	private static Answer send(String path, BodyPublisher body) {
		return node.send(node.request(path).header("Content-Type", "application/json").POST(body));
	}

	@ParameterizedTest
	@ValueSource(strings = { "FOO\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
			"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n" })
	void containerWhenItRefusesByItselfThenAnswersAProblem(String request) throws IOException {
		String answer = raw(request);
		assertThat(answer).contains("application/problem+json").contains("\"code\":\"");
		assertThat(answer.toLowerCase()).doesNotContain("jetty", "server:", "exception", "<html");
	}

	@Test
	void containerWhenHeadersAreTooLargeThenAnswersAProblem() throws IOException {
		assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
			.startsWith("HTTP/1.1 431")
			.contains("\"code\":\"too_large\"");
	}

	private static String raw(String request) throws IOException {
		try (Socket socket = new Socket("localhost", node.port())) {
			socket.setSoTimeout(30_000);
			OutputStream out = socket.getOutputStream();
			out.write(request.getBytes(StandardCharsets.US_ASCII));
			out.flush();
			StringBuilder answer = new StringBuilder();
			InputStream in = socket.getInputStream();
			byte[] buffer = new byte[4096];
			while (answer.indexOf("}") < 0) {
				int count = in.read(buffer);
				if (count < 0) {
					break;
				}
				answer.append(new String(buffer, 0, count, StandardCharsets.US_ASCII));
			}
			return answer.toString();
		}
	}

	@Test
	void originWhenListedThenMayCall() {
		Answer preflight = preflight("/auth/login", "https://app.example.org");
		assertThat(preflight.status()).isEqualTo(200);
		assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://app.example.org");
		assertThat(preflight.header("Access-Control-Allow-Headers")).isEqualTo("authorization, content-type");
		assertThat(preflight.header("Access-Control-Allow-Credentials")).isEmpty();
		Answer refused = node.send(origin("/auth/me", "http://localhost:3000"));
		assertThat(refused.code()).isEqualTo("unauthorized");
		assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://app.example.org.evil.example", "http://app.example.org", "null",
			"https://evil.example", "https://app.example.org:8443", "http://localhost:3001", "file://",
			"https://user@app.example.org" })
	void originWhenNotListedThenMayNot(String origin) {
		for (String path : List.of("/auth/login", "/admin/accounts")) {
			Answer preflight = preflight(path, origin);
			assertThat(preflight.code()).isEqualTo("forbidden");
			assertThat(preflight.header("Access-Control-Allow-Origin")).isEmpty();
		}
		assertThat(node.send(origin("/auth/me", origin)).code()).isEqualTo("forbidden");
	}

	private static Answer preflight(String path, String origin) {
		return node.send(origin(path, origin).method("OPTIONS", BodyPublishers.noBody())
			.header("Access-Control-Request-Method", "POST")
			.header("Access-Control-Request-Headers", "authorization,content-type"));
	}

	private static HttpRequest.Builder origin(String path, String origin) {
		return node.request(path).header("Origin", origin);
	}

	private static void assertSaysNothingInner(Answer answer) {
		assertThat(answer.response().body()).doesNotContainIgnoringCase("exception")
			.doesNotContain("dev.usher", "java.", "tools.jackson", "org.springframework");
		assertThat(answer.header("Server")).isEmpty();
	}

}
