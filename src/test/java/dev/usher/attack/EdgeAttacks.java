package dev.usher.attack;

import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.Answer;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a proxy is believed, what is not for the public, what a browser is told. */
class EdgeAttacks {

	private static final String ATTACKER = "198.51.100.66";

	private final Target usual = Targets.usual();

	private final Target proxied = Targets.tight();

	/**
	 * As many as get a place with these headers, each time with another address in them.
	 */
	private static int places(Target target, String header) {
		List<RawWebSocket> sockets = new ArrayList<>();
		RawWebSocket.Answer answer;
		int i = 0;
		do {
			RawWebSocket socket = RawWebSocket.open(target.port(), "/ws",
					StompClient.headers(header.replace("*", "192.0.2." + i++ % 256)));
			sockets.add(socket);
			answer = socket.handshake();
		}
		while (answer.status() == 101 && i < 300);
		sockets.forEach(RawWebSocket::close);
		return i - 1;
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For:*", "Forwarded:for=*", "X-Real-IP:*", "X-Forwarded-For:*, 10.0.0.1" })
	void addressWhenForgedByAStrangerThenTheirOwnCounts(String header) {
		assertThat(places(this.usual, header)).isLessThan(120);
	}

	/** What a client writes stands to the left of what the proxy writes. */
	@ParameterizedTest
	@ValueSource(strings = { "X-Forwarded-For:*, " + ATTACKER, "Forwarded:for=*, for=" + ATTACKER })
	void addressWhenForgedBehindATrustedProxyThenTheTrueOneCounts(String header) {
		assertThat(places(this.proxied, header)).isLessThan(Targets.PENDING + 20);
	}

	@Test
	void addressWhenForgedThenTheListOfSessionsShowsTheTrueOne() {
		this.usual.account("located");
		Answer login = this.usual.post("/auth/login",
				"{\"username\":\"located\",\"password\":\"" + Target.PASSWORD + "\"}", "X-Forwarded-For:192.0.2.1",
				"Forwarded:for=192.0.2.1");
		this.usual.witness().secret(login.text("refresh_token"));
		assertThat(this.usual.call("GET", "/auth/sessions", login.text("access_token"), null).response().body())
			.doesNotContain("192.0.2.1");
	}

	/**
	 * A scheme or a host that somebody made up makes no page one of the gateway's own.
	 */
	@Test
	void originWhenForgedByHeadersThenItIsNotTheGatewaysOwn() {
		assertThat(this.usual
			.handshake("/ws", "Origin:https://evil.example.org", "X-Forwarded-Host:evil.example.org",
					"X-Forwarded-Proto:https", "Forwarded:host=evil.example.org;proto=https")
			.status()).isEqualTo(403);
	}

	/** DNS rebinding: the attacker's own name leads to this machine. */
	@Test
	void hostWhenItIsNotTheGatewaysOwnThenItIsNoOriginAndOpensNothing() {
		for (Target target : List.of(this.usual, this.proxied)) {
			RawWebSocket.Answer socket = target.handshake("/ws", "Host:evil.example:" + target.port(),
					"Origin:http://evil.example:" + target.port());
			String login = "{\"username\":\"admin\",\"password\":\"" + Target.PASSWORD + "\",\"cookie\":true}";
			RawWebSocket.Answer cookie = target.raw("POST /auth/login HTTP/1.1\r\nHost: evil.example\r\n"
					+ "Origin: http://evil.example\r\nContent-Type: application/json\r\nContent-Length: "
					+ login.length() + "\r\nConnection: close\r\n\r\n" + login);
			RawWebSocket.Answer page = target
				.raw("GET /oauth2/jwks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
			assertThat(List.of(socket, cookie, page)).allSatisfy((answer) -> {
				assertThat(answer.status()).isEqualTo(421);
				assertThat(answer.body()).contains("\"code\":\"misdirected\"", "usher.hosts");
				assertThat(answer.headers()).doesNotContainKey("set-cookie");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "[", "[::1", "a:99999999", "\"", "a/b", "a@b", "<script>", "%", "\\", "a_b", "..",
			"{x}" })
	void requestWhenItsHostIsNoneThenNothingBreaks(String host) {
		for (Target target : List.of(this.usual, this.proxied)) {
			RawWebSocket.Answer answer = target
				.raw("GET /auth/me HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
			assertThat(answer.status()).isBetween(400, 499);
			assertThat(answer.body()).doesNotContain("<script>");
			RawWebSocket.Answer forwarded = target.raw("GET /auth/me HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: "
					+ host + "\r\nX-Forwarded-Host: " + host + "\r\nX-Forwarded-Proto: " + host + "\r\nForwarded: for="
					+ host + ";host=" + host + "\r\nConnection: close\r\n\r\n");
			assertThat(forwarded.status()).isBetween(400, 499);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/actuator", "/actuator/env", "/actuator/prometheus", "/actuator/heapdump", "/actuator/loggers",
					"/actuator/shutdown", "/h2-console", "/error", "/WEB-INF/web.xml", "/../application.yaml",
					"/..%2f..%2fapplication.yaml", "/assets/../application.yaml", "/assets/%2e%2e/application.yaml" })
	void pathWhenItIsNotForThePublicThenItIsClosed(String path) {
		for (String token : List.of(Target.token("ann"), this.usual.admin())) {
			RawWebSocket.Answer answer = this.usual
				.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
						+ "\r\nConnection: close\r\n\r\n");
			assertThat(answer.status()).isBetween(400, 404);
		}
	}

	@Test
	void answerWhenRefusedThenItStillTellsTheBrowserWhatNotToDo() {
		for (RawWebSocket.Answer answer : List.of(this.usual.handshake("/ws", "Origin:null"),
				this.usual.raw("GET /auth/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
				this.usual.raw("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
				this.usual.raw("BAD\r\n\r\n"))) {
			assertThat(answer.headers()).containsEntry("x-content-type-options", "nosniff")
				.containsKey("content-security-policy")
				.doesNotContainKeys("server", "x-powered-by");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TRACE", "TRACK", "CONNECT", "PUT", "PROPFIND" })
	void methodWhenItIsNotOfferedThenRefused(String method) {
		RawWebSocket.Answer answer = this.usual.raw(method + " /auth/me HTTP/1.1\r\nHost: localhost\r\n"
				+ "X-Echo: secret-echo\r\nConnection: close\r\n\r\n");
		assertThat(answer.status()).isBetween(400, 501);
		assertThat(answer.body()).doesNotContain("secret-echo");
	}

	/** Its client's error and none of the gateway's, which an operator would look for. */
	@ParameterizedTest
	@ValueSource(strings = { "GET /auth/me\r\n\r\n", "GET /auth/me HTTP/3.0\r\nHost: localhost\r\n\r\n",
			"GET /auth/me HTTP/9.9\r\nHost: localhost\r\n\r\n" })
	void versionWhenItIsNotSpokenThenItIsTheClientsError(String request) {
		RawWebSocket.Answer answer = this.usual.raw(request);
		assertThat(answer.status()).isIn(400, 505);
		assertThat(answer.body()).contains("\"code\":\"bad_request\"");
	}

}
