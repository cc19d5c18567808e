package dev.usher.socket;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The opening handshake (RFC 6455, section 4) and who is let through it. */
class HandshakeTests {

	private static final TestGateway gateway = SharedGateway.get();

	private static RawWebSocket.Answer answer(String path, Map<String, String> headers) {
		try (RawWebSocket socket = RawWebSocket.open(gateway.port(), path, headers)) {
			return socket.handshake();
		}
	}

	private static RawWebSocket.Answer answer(String name, String value) {
		return answer("/ws", Map.of(name, value));
	}

	@Test
	void handshakeWhenGoodThenAcceptIsTheOneOfTheStandard() {
		// RFC 6455, section 1.3, has this key and this answer.
		RawWebSocket.Answer answer = answer("/ws", Map.of());
		assertThat(answer.status()).isEqualTo(101);
		assertThat(answer.headers()).containsEntry("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
			.containsEntry("upgrade", "websocket")
			.containsEntry("sec-websocket-protocol", "v12.stomp")
			.doesNotContainKey("sec-websocket-extensions");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "v10.stomp, v11.stomp|v11.stomp", "v10.stomp|v10.stomp",
			"mqtt, v12.stomp|v12.stomp", "mqtt|", "V12.STOMP|" })
	void handshakeWhenSubprotocolsAreOfferedThenTheBestKnownIsChosen(String offered, String chosen) {
		RawWebSocket.Answer answer = answer("Sec-WebSocket-Protocol", offered);
		assertThat(answer.status()).isEqualTo(101);
		assertThat(answer.headers().get("sec-websocket-protocol")).isEqualTo(chosen);
	}

	@Test
	void handshakeWhenNoSubprotocolIsOfferedThenNoneIsNamed() {
		RawWebSocket.Answer answer = answer("Sec-WebSocket-Protocol", "");
		assertThat(answer.status()).isEqualTo(101);
		assertThat(answer.headers()).doesNotContainKey("sec-websocket-protocol");
	}

	@ParameterizedTest
	@CsvSource({ "Upgrade,''", "Upgrade,h2c", "Sec-WebSocket-Version,''", "Sec-WebSocket-Version,8",
			"Sec-WebSocket-Version,14" })
	void handshakeWhenItIsNoneThenItIsToldToUpgrade(String name, String value) {
		RawWebSocket.Answer answer = answer(name, value);
		assertThat(answer.status()).isEqualTo(426);
		assertThat(answer.headers()).containsEntry("sec-websocket-version", "13")
			.containsEntry("content-type", "application/problem+json");
		assertThat(answer.body()).contains("\"code\":\"bad_request\"", "WebSocket, version 13");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "keep-alive" })
	void handshakeWhenConnectionDoesNotNameTheUpgradeThenItIsRefused(String connection) {
		assertThat(answer("Connection", connection).status()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "short", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ==x", "****" })
	void handshakeWhenItsKeyIsBadThenItIsRefused(String key) {
		RawWebSocket.Answer answer = answer("Sec-WebSocket-Key", key);
		assertThat(answer.status()).isEqualTo((key.equals("dGhlIHNhbXBsZSBub25jZQ")) ? 101 : 400);
	}

	@Test
	void handshakeWhenMethodIsNotGetThenItIsNone() {
		try (RawWebSocket socket = RawWebSocket.send(gateway.port(),
				"POST /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
						+ "Content-Length: 0\r\n\r\n")) {
			assertThat(socket.handshake().status()).isEqualTo(426);
		}
	}

	@Test
	void handshakeWhenOriginIsCrossSiteThenItIsForbidden() {
		RawWebSocket.Answer answer = answer("Origin", "https://evil.example.org");
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.body()).contains("\"code\":\"forbidden\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "https://listed.example.org.evil.example", "https://evil.listed.example.org",
			"http://listed.example.org", "https://listed.example.org:444", "https://listed.example.org/",
			"https://ann@listed.example.org", "listed.example.org", "file://", "https://listed.example.org#x",
			"https://listed.example.org, https://evil.example.org", "http://localhost", "*" })
	void handshakeWhenOriginIsAlmostListedThenItIsForbidden(String origin) {
		assertThat(answer("Origin", origin).status()).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "https://listed.example.org", "https://listed.example.org:443", "HTTPS://LISTED.EXAMPLE.ORG" })
	void handshakeWhenOriginIsListedThenItIsAccepted(String origin) {
		assertThat(answer("Origin", origin).status()).isEqualTo(101);
	}

	@Test
	void handshakeWhenOriginIsOursThenItIsAccepted() {
		assertThat(answer("Origin", "http://localhost:" + gateway.port()).status()).isEqualTo(101);
	}

	@Test
	void handshakeWhenThereAreTwoOriginsThenItIsRefused() {
		assertThat(twice("Origin", "https://listed.example.org").status()).isEqualTo(400);
	}

	private static RawWebSocket.Answer twice(String name, String value) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put(name, value);
		headers.put(name.toLowerCase(Locale.ROOT), value);
		return answer("/ws", headers);
	}

	@Test
	void handshakeWhenThereAreTwoAuthorizationsThenItIsRefusedThoughBothAreGood() {
		RawWebSocket.Answer answer = twice("Authorization", "Bearer " + gateway.token("ann"));
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json")
			.containsKey("www-authenticate");
		assertThat(answer.body()).contains("\"code\":\"unauthorized\"");
	}

	@ParameterizedTest
	@CsvSource({ "Sec-WebSocket-Key,dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version,13", "Sec-Fetch-Site,none",
			"Host,localhost" })
	void handshakeWhenWhatDecidesComesTwiceThenItIsRefused(String name, String value) {
		RawWebSocket.Answer answer = twice(name, value);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
	}

	/** RFC 6455, section 11.3.4, and RFC 9113, section 8.2.3. */
	@ParameterizedTest
	@CsvSource({ "Sec-WebSocket-Protocol,v12.stomp", "Cookie,a=b" })
	void handshakeWhenAListComesInTwoLinesThenItIsAccepted(String name, String value) {
		assertThat(twice(name, value).status()).isEqualTo(101);
	}

	@Test
	void handshakeWhenOriginIsEmptyThenItIsForbidden() {
		try (RawWebSocket socket = RawWebSocket.send(gateway.port(),
				"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin:\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")) {
			assertThat(socket.handshake().status()).isEqualTo(403);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "access_token", "ACCESS_TOKEN", "token", "jwt", "access%5Ftoken", "a=b&access_token",
			"authorization", "anything" })
	void handshakeWhenTokenIsInUrlThenItIsRefusedAndNotUsed(String parameter) {
		RawWebSocket.Answer answer = answer("/ws?" + parameter + "=" + gateway.token("ann"), Map.of());
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).contains("\"code\":\"token_in_url\"").doesNotContain("eyJ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer forged", "Basic YW5uOnB3", "Bearer", "nonsense" })
	void handshakeWhenItsAuthorizationIsBadThenItIsUnauthorized(String authorization) {
		RawWebSocket.Answer answer = answer("Authorization", authorization);
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.headers().get("www-authenticate")).startsWith("Bearer");
		assertThat(answer.body()).contains("\"code\":\"unauthorized\"");
	}

	@Test
	void handshakeWhenPathIsAnotherThenItIsNoWebSocket() {
		assertThat(answer("/ws/", Map.of()).status()).isNotEqualTo(101);
		assertThat(answer("/ws/x", Map.of()).status()).isNotEqualTo(101);
		assertThat(answer("/WS", Map.of()).status()).isNotEqualTo(101);
	}

	@Test
	void tokenWhenInTheUrlOfWhatIsNoHandshakeThenItIsRefusedAllTheSame() {
		RawWebSocket.Answer answer = RawWebSocket
			.open(gateway.port(), "/ws?access_token=" + gateway.token("ann"), Map.of("Upgrade", ""))
			.handshake();
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.body()).contains("\"code\":\"token_in_url\"");
	}

}
