package dev.usher.http;

import java.util.Map;

import dev.usher.testing.HttpNode;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which names the gateway answers to. A page can make its own name lead to any machine
 * its visitor reaches (DNS rebinding); what it cannot do is name another host than its
 * own.
 */
class HostTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.hosts=Listed.example.org,fd00::5,192.168.1.5",
				"usher.token.issuer=https://issuer.example.org/gateway", "usher.origins=https://page.example.org:8443",
				"usher.proxies=127.0.0.1");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static RawWebSocket.Answer send(String request) {
		try (RawWebSocket socket = RawWebSocket.send(node.port(), request)) {
			return socket.handshake();
		}
	}

	private static RawWebSocket.Answer get(String path, String host, String... headers) {
		return send("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + String.join("\r\n", headers)
				+ ((headers.length > 0) ? "\r\n" : "") + "\r\n");
	}

	private static RawWebSocket.Answer handshake(String host, String origin) {
		try (RawWebSocket socket = RawWebSocket.open(node.port(), "/ws", Map.of("Host", host, "Origin", origin))) {
			return socket.handshake();
		}
	}

	private static void assertMisdirected(RawWebSocket.Answer answer) {
		assertThat(answer.status()).isEqualTo(421);
		assertThat(answer.headers()).containsEntry("content-type", "application/problem+json")
			.containsEntry("x-content-type-options", "nosniff");
		assertThat(answer.body())
			.contains("\"code\":\"misdirected\"", "\"title\":\"Misdirected Request\"", "usher.hosts")
			.doesNotContain("evil");
	}

	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "EVIL.example:8080", "localhost.evil.example", "127.0.0.1.evil.example",
			"evil.localhost", "evil.example.", "192.168.1.6:8080", "0.0.0.0", "10.0.0.1", "[fe80::1]", "[::2]:8080",
			"[::]", "2130706433", "0x7f.1", "127.1", "listed.example.org.evil.example", "listed.example.org..", "a_b" })
	void requestWhenItsHostIsNotOursThenMisdirectedWhateverItAsks(String host) {
		assertMisdirected(get("/oauth2/jwks", host));
		assertMisdirected(get("/nothing", host));
		assertMisdirected(get("/auth/me?access_token=x", host));
		assertMisdirected(send("OPTIONS * HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
		assertMisdirected(send("POST /auth/login HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://" + host
				+ "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"));
		assertMisdirected(handshake(host, "http://" + host));
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST:9", "localhost.", "localhost.:8080", "127.0.0.1", "127.9.8.7:80",
			"[::1]", "[::1]:443", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "listed.example.org",
			"LISTED.example.org.:8080", "issuer.example.org", "page.example.org", "192.168.1.5:8080",
			"[fd00:0:0:0:0:0:0:5]:8080" })
	void requestWhenItsHostIsOursThenItIsServed(String host) {
		assertThat(get("/oauth2/jwks", host).status()).isEqualTo(200);
		assertThat(handshake(host, "http://" + host).status()).isEqualTo(101);
	}

	/** What asks for health names the node as it finds it, by its address for one. */
	@ParameterizedTest
	@ValueSource(strings = { "evil.example", "10.1.2.3:8080", "a_b" })
	void healthWhenAskedUnderAnyHostThenItIsAnswered(String host) {
		for (String path : new String[] { "/actuator/health", "/actuator/health/liveness",
				"/actuator/health/readiness" }) {
			assertThat(get(path, host).body()).isEqualTo("{\"status\":\"UP\"}");
		}
		assertThat(send("GET /actuator/health HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/healthy", "/actuator/prometheus", "/actuator/health/../../oauth2/jwks",
			"/actuator/health/..%2f..%2foauth2/jwks", "/actuator/health/%2e%2e/%2e%2e/oauth2/jwks",
			"/actuator/health;x/../../oauth2/jwks" })
	void requestWhenItsPathOnlyBeginsAsHealthThenItsHostCounts(String path) {
		assertThat(get(path, "evil.example").status()).isIn(400, 421);
	}

	@Test
	void requestWhenItHasNoHostThenMisdirected() {
		assertMisdirected(send("GET /oauth2/jwks HTTP/1.0\r\n\r\n"));
		assertThat(send("GET /oauth2/jwks HTTP/1.1\r\n\r\n").status()).isEqualTo(400);
		assertThat(get("/oauth2/jwks", "").status()).isEqualTo(400);
	}

	@Test
	void requestWhenItNamesTwoHostsThenRefused() {
		assertThat(send("GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n").status())
			.isEqualTo(400);
		assertThat(get("http://evil.example/oauth2/jwks", "localhost").status()).isIn(400, 421);
		assertThat(get("http://localhost/oauth2/jwks", "evil.example").status()).isIn(400, 421);
		assertMisdirected(get("http://evil.example/oauth2/jwks", "evil.example"));
		assertThat(get("http://localhost/oauth2/jwks", "localhost").status()).isEqualTo(200);
	}

	/** A proxy is believed what it was asked for, and that must be ours as well. */
	@Test
	void requestWhenAProxyForwardsItThenTheHostItWasAskedForCounts() {
		String client = "X-Forwarded-For: 192.0.2.7";
		assertMisdirected(get("/oauth2/jwks", "localhost", client, "X-Forwarded-Host: evil.example"));
		assertMisdirected(get("/oauth2/jwks", "localhost", "Forwarded: for=192.0.2.7;host=evil.example"));
		assertMisdirected(get("/oauth2/jwks", "evil.example", client));
		assertThat(get("/oauth2/jwks", "upstream:8080", client, "X-Forwarded-Host: listed.example.org").status())
			.isEqualTo(200);
		assertThat(get("/oauth2/jwks", "upstream:8080", "Forwarded: for=192.0.2.7;host=listed.example.org").status())
			.isEqualTo(200);
	}

	@Test
	void connectionWhenARequestWasMisdirectedThenTheNextIsServed() {
		try (RawWebSocket socket = RawWebSocket.send(node.port(),
				"POST /auth/login HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}")) {
			assertMisdirected(socket.handshake());
			assertThat(socket.ask("GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n").status()).isEqualTo(200);
		}
	}

}
