package dev.usher.attack;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Pages of other sites, tokens where they do not belong, requests that are two. */
class HandshakeAttacks {

	private final Target target = Targets.usual();

	@Test
	void handshakeWhenPageIsOfAnotherSiteThenForbidden() {
		RawWebSocket.Answer answer = this.target.handshake("/ws", "Origin:https://evil.example.org");
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.body()).contains("\"code\":\"forbidden\"");
		// A good token does not help: the page may have it from its visitor.
		assertThat(this.target
			.handshake("/ws", "Origin:https://evil.example.org", "Authorization:Bearer " + Target.token("ann"))
			.status()).isEqualTo(403);
	}

	@Test
	void handshakeWhenOriginIsNullThenForbidden() {
		assertThat(this.target.handshake("/ws", "Origin:null").status()).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://listed.example.org.evil.example", "https://evil.listed.example.org",
			"http://listed.example.org", "https://listed.example.org:444", "https://listed.example.org/",
			"https://ann@listed.example.org", "listed.example.org", "https://listed.example.org, https://evil.example",
			"http://localhost", "*", "file://" })
	void handshakeWhenOriginOnlyLooksLikeAListedOneThenForbidden(String origin) {
		assertThat(this.target.handshake("/ws", "Origin:" + origin).status()).isEqualTo(403);
	}

	@Test
	void handshakeWhenThereAreTwoOriginsThenRefused() {
		assertThat(
				this.target.handshake("/ws", "Origin:https://listed.example.org", "origin:https://listed.example.org")
					.status())
			.isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example.org", "null" })
	void callWhenPageIsOfAnotherSiteThenItIsNotToldTheAnswer(String origin) {
		var login = this.target.send(this.target.request("/auth/me")
			.header("Origin", origin)
			.header("Authorization", "Bearer " + Target.token("ann")));
		assertThat(login.header("Access-Control-Allow-Origin")).isEmpty();
		assertThat(login.header("Access-Control-Allow-Credentials")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "access_token", "ACCESS_TOKEN", "access%5Ftoken", "token", "jwt", "a=b&anything" })
	void handshakeWhenAccessTokenIsInUrlThenItIsRefusedAndNotUsed(String parameter) {
		RawWebSocket.Answer answer = this.target.handshake("/ws?" + parameter + "=" + Target.token("ann"));
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).contains("\"code\":\"token_in_url\"").doesNotContain("eyJ");
	}

	@Test
	void callWhenAccessTokenIsInUrlThenItIsRefusedAndNotUsed() {
		var answer = this.target.call("GET", "/auth/me?access_token=" + Target.token("ann"), null, null);
		assertThat(answer.code()).isEqualTo("token_in_url");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer forged", "Bearer a.b.c", "Basic YWRtaW46YWRtaW4=", "nonsense" })
	void handshakeWhenItsAuthorizationIsForgedThenUnauthorized(String authorization) {
		RawWebSocket.Answer answer = this.target.handshake("/ws", "Authorization:" + authorization);
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.body()).contains("\"code\":\"unauthorized\"");
	}

	@Test
	void handshakeWhenCompressionIsOfferedThenItIsDeclined() {
		try (StompClient client = this.target.open("Sec-WebSocket-Extensions:permessage-deflate")) {
			assertThat(client.socket().handshake().headers()).doesNotContainKey("sec-websocket-extensions");
			client.socket().sendBytes(RawWebSocket.frame(0xc1, new byte[] { 1, 2, 3 }));
			assertThat(client.readMessage().closeStatus()).isEqualTo(1002);
		}
	}

	@Test
	void requestWhenItsHeadersAreEndlessThenItIsCutOff() {
		RawWebSocket.Answer answer = this.target.handshake("/ws", "X-Filler:" + "x".repeat(20_000));
		assertThat(answer.status()).isEqualTo(431);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 4\r\nTransfer-Encoding: chunked",
			"Content-Length: 4\r\nContent-Length: 5", "Transfer-Encoding: xchunked", "Content-Length: -1",
			"Content-Length: 99999999999999999999", "X-Folded: a\r\n b" })
	void requestWhenItCouldBeReadAsTwoThenRefused(String headers) {
		RawWebSocket.Answer answer = this.target
			.raw("POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers
					+ "\r\n\r\n0\r\n\r\nGET /admin/accounts HTTP/1.1\r\nHost: localhost\r\n\r\n");
		assertThat(answer.status()).isBetween(400, 501);
		assertThat(answer.headers()).containsEntry("connection", "close");
	}

}
