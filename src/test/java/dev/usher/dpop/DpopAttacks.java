package dev.usher.dpop;

import java.time.Clock;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/** What all attacks have: the gateway, and its owner's bound session. */
abstract class DpopAttacks {

	static final Clock clock = Clock.systemUTC();

	ProvingClient owner;

	Answer login;

	String token;

	static JarNode node() {
		return DpopIT.node();
	}

	@BeforeEach
	void login() {
		DpopIT.Login shared = DpopIT.shared();
		use(shared.client(), shared.answer());
	}

	private void use(ProvingClient client, Answer login) {
		this.owner = client;
		this.login = login;
		this.token = login.text("access_token");
	}

	/** For those that change the session. */
	void loginAnew() {
		DpopIT.Login anew = DpopIT.login();
		use(anew.client(), anew.answer());
	}

	void assertWorks() {
		assertThat(this.owner.call("GET", "/auth/me", this.token, null).text("username")).isEqualTo("admin");
	}

	/** Sends a proof that a test has spoilt, over HTTP, and says how it was answered. */
	String call(TestTokens proof) {
		return call(this.owner.sign(proof));
	}

	String call(String proof) {
		Answer answer = this.owner.callWith(proof, "GET", "/auth/me", this.token, null);
		if (answer.status() == 401) {
			assertThat(answer.header("WWW-Authenticate")).startsWith("DPoP ").contains("algs=\"RS256", "error=\"");
			assertThat(answer.header("DPoP-Nonce")).matches("[A-Za-z0-9_-]{43}");
		}
		return (answer.status() == 200) ? "ok" : answer.status() + " " + answer.code();
	}

	TestTokens proof() {
		return this.owner.proof("GET", "/auth/me", this.token);
	}

	TestTokens connectProof() {
		return this.owner.connectProof(this.token);
	}

	/** The same of a CONNECT. */
	String connect(TestTokens proof) {
		return connect("Authorization:DPoP " + this.token, "DPoP:" + this.owner.sign(proof));
	}

	String connect(String... headers) {
		try (StompClient client = this.owner.sendConnect(headers)) {
			return outcome(client);
		}
	}

	static String outcome(StompClient client) {
		StompFrame frame = client.read();
		if (frame.command().equals("CONNECTED")) {
			return "ok";
		}
		int status = switch (frame.header("code")) {
			case "use_nonce" -> 4019;
			case "too_large" -> 4506;
			default -> 4502;
		};
		client.expectClose(status, frame.header("code"));
		return status + " " + frame.header("code");
	}

	String ticket() {
		return this.owner.call("POST", "/auth/tickets", this.token, null).text("ticket");
	}

	String unbound() {
		return this.owner.send("POST", "/auth/login", Map.of("username", "admin", "password", DpopIT.PASSWORD))
			.text("access_token");
	}

}
