package dev.usher.dpop;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.ProofKey;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway behind a proxy that gives no bearer tokens, and takes none of an issuer. */
class DpopSettingsTests {

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.admin.password=" + HttpNode.PASSWORD, "usher.token.dpop=required",
				"usher.proxies=127.0.0.1", "usher.hosts=gateway.example.org", "usher.origins=https://app.example.org",
				"usher.issuers[0].issuer=strict", "usher.issuers[0].secret=" + SECRET,
				"usher.issuers[0].audience=usher", "usher.issuers[0].dpop=required", "usher.issuers[1].issuer=lenient",
				"usher.issuers[1].secret=" + SECRET, "usher.issuers[1].audience=usher");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	private static String foreign(String issuer, ProofKey key) {
		return TestTokens.valid(issuer, "usher", node.clock())
			.claim("cnf", (key != null) ? Map.of("jkt", key.thumbprint()) : null)
			.sign(SECRET.getBytes());
	}

	@Test
	void loginWhenBindingIsRequiredAndItProvesNoKeyThenIsRefused() {
		Answer bare = node.login("admin");
		assertThat(bare.status() + " " + bare.code()).isEqualTo("400 invalid_dpop_proof");
		assertThat(bare.text("detail")).contains("bound to keys here");
		ProvingClient client = new ProvingClient(node.port(), node.clock());
		Answer login = client.login("admin", HttpNode.PASSWORD);
		assertThat(login.text("token_type")).isEqualTo("DPoP");
		assertThat(client.refresh(login.text("refresh_token")).status()).isEqualTo(200);
		Answer service = client.call("POST", "/admin/clients", login.text("access_token"),
				Map.of("client_id", "shop", "scopes", List.of("publish")));
		Answer token = node.send(node.request("/oauth2/token")
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(
					"grant_type=client_credentials&client_id=shop&client_secret=" + service.text("client_secret"))));
		assertThat(token.status() + " " + token.text("error")).isEqualTo("400 invalid_dpop_proof");
	}

	@Test
	void issuerWhenItsTokensMustBeBoundThenOthersAreRefused() {
		ProvingClient client = new ProvingClient(node.port(), node.clock());
		assertThat(connect(foreign("strict", null))).isEqualTo("unauthorized");
		assertThat(connect(foreign("strict", client.key()))).isEqualTo("unauthorized");
		assertThat(connect(foreign("lenient", null))).isEqualTo("CONNECTED");
		try (StompClient socket = client.sendConnect(foreign("strict", client.key()))) {
			socket.expect("CONNECTED");
		}
	}

	private static String connect(String bearer) {
		try (StompClient client = StompClient.open(node.port())) {
			var frame = client.sendConnect(bearer).read();
			return frame.command().equals("CONNECTED") ? "CONNECTED" : frame.header("code");
		}
	}

	/** The proxy is at loopback, and tells how the client asked. */
	@Test
	void urlWhenThereIsAProxyThenThePublicOneCounts() {
		ProvingClient client = new ProvingClient(node.port(), node.clock());
		String token = client.login("admin", HttpNode.PASSWORD).text("access_token");
		String[] forwarded = { "X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host",
				"gateway.example.org" };
		assertThat(me(client, token, "https://gateway.example.org/auth/me", forwarded)).isEqualTo("ok");
		assertThat(me(client, token, "https://gateway.example.org:443/auth/me", forwarded)).isEqualTo("ok");
		assertThat(me(client, token, "http://localhost:" + node.port() + "/auth/me", forwarded))
			.isEqualTo("invalid_dpop_proof");
		assertThat(me(client, token, "http://gateway.example.org/auth/me", forwarded)).isEqualTo("invalid_dpop_proof");
		for (String url : List.of("wss://gateway.example.org/ws", "https://gateway.example.org/ws")) {
			try (StompClient socket = new StompClient(RawWebSocket.open(node.port(), "/ws",
					Map.of("Forwarded", "for=192.0.2.9;proto=https;host=gateway.example.org")))) {
				String proof = client.sign(client.connectProof(token).claim("htu", url));
				socket.send("CONNECT", "accept-version:1.2", "Authorization:DPoP " + token, "DPoP:" + proof)
					.expect("CONNECTED");
			}
		}
	}

	private static String me(ProvingClient client, String token, String url, String... headers) {
		String proof = client.sign(client.proof("GET", "/auth/me", token).claim("htu", url));
		var request = node.request("/auth/me").header("Authorization", "DPoP " + token).header("DPoP", proof);
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		Answer answer = node.send(request);
		return (answer.status() == 200) ? "ok" : answer.code();
	}

	@Test
	void nonceWhenItsTimeIsOverThenIsRefused() {
		ProvingClient client = new ProvingClient(node.port(), node.clock());
		String token = client.login("admin", HttpNode.PASSWORD).text("access_token");
		String first = client.nonce();
		node.clock().advance(Nonces.PERIOD);
		TestTokens proof = client.proof("GET", "/auth/me", token).claim("nonce", first);
		assertThat(client.callWith(client.sign(proof), "GET", "/auth/me", token, null).status()).isEqualTo(200);
		assertThat(client.nonce()).isNotEqualTo(first);
		node.clock().advance(Nonces.PERIOD);
		TestTokens late = client.proof("GET", "/auth/me", token).claim("nonce", first);
		assertThat(client.callWith(client.sign(late), "GET", "/auth/me", token, null).code())
			.isEqualTo("use_dpop_nonce");
		assertThat(client.call("GET", "/auth/me", token, null).status()).isEqualTo(200);
		node.clock().advance(Duration.ofDays(1));
		assertThat(new ProvingClient(node.port(), node.clock()).nonce()).isNotIn(first, client.nonce());
	}

	/** What a page of another origin needs, or its browser keeps it from it. */
	@Test
	void pageWhenOfAListedOriginThenItMaySendProofsAndReadNonces() {
		Answer preflight = node.send(node.request("/auth/login")
			.method("OPTIONS", BodyPublishers.noBody())
			.header("Origin", "https://app.example.org")
			.header("Access-Control-Request-Method", "POST")
			.header("Access-Control-Request-Headers", "content-type,dpop,authorization"));
		assertThat(preflight.status()).isEqualTo(200);
		assertThat(preflight.header("Access-Control-Allow-Headers").toLowerCase()).contains("dpop", "authorization");
		Answer answer = node.send(node.request("/auth/me").header("Origin", "https://app.example.org"));
		assertThat(answer.header("Access-Control-Expose-Headers")).contains("DPoP-Nonce");
		assertThat(answer.header("DPoP-Nonce")).matches("[A-Za-z0-9_-]{43}");
		assertThat(node.send(node.request("/")).header("DPoP-Nonce")).isEmpty();
	}

}
