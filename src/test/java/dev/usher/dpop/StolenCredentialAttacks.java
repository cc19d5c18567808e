package dev.usher.dpop;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thief with one part of a bound session: a token, a ticket, a cookie, a refresh token.
 */
abstract class StolenCredentialAttacks extends DpopAttacks {

	@Test
	void loginWhenItProvesAKeyThenAllThatComesOfItIsBoundToIt() {
		loginAnew();
		assertThat(this.login.text("token_type")).isEqualTo("DPoP");
		assertThat(claims(this.token)).contains("\"cnf\":{\"jkt\":\"" + this.owner.key().thumbprint() + "\"}");
		assertWorks();
		assertThat(connect(connectProof())).isEqualTo("ok");
		Answer refreshed = this.owner.refresh(this.login.text("refresh_token"));
		assertThat(refreshed.text("token_type")).isEqualTo("DPoP");
		assertThat(claims(refreshed.text("access_token"))).contains(this.owner.key().thumbprint());
	}

	private static String claims(String token) {
		return new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
	}

	@Test
	void tokenWhenStolenThenItOpensNothingOnAnotherMachine() {
		ProvingClient thief = new ProvingClient(node().port(), clock);
		Answer answer = thief.call("GET", "/auth/me", this.token, null);
		assertThat(answer.status() + " " + answer.code()).isEqualTo("401 invalid_dpop_proof");
		try (StompClient socket = thief.sendConnect(this.token)) {
			assertThat(outcome(socket)).isEqualTo("4502 unauthorized");
		}
		assertWorks();
	}

	@Test
	void tokenWhenItComesWithoutAProofThenIsRefused() {
		Answer answer = this.owner.send("GET", "/auth/me", null, "Authorization", "DPoP " + this.token);
		assertThat(answer.status() + " " + answer.code()).isEqualTo("401 unauthorized");
		assertThat(answer.header("WWW-Authenticate")).startsWith("DPoP ").contains("error=\"invalid_token\"");
		assertThat(connect("Authorization:DPoP " + this.token)).isEqualTo("4502 unauthorized");
	}

	@Test
	void tokenWhenBoundAndShownAsABearerThenIsRefused() {
		Answer answer = this.owner.send("GET", "/auth/me", null, "Authorization", "Bearer " + this.token);
		assertThat(answer.status() + " " + answer.code()).isEqualTo("401 unauthorized");
		Answer withProof = this.owner.send("GET", "/auth/me", null, "Authorization", "Bearer " + this.token, "DPoP",
				this.owner.sign(proof()));
		assertThat(withProof.code()).isEqualTo("unauthorized");
		assertThat(connect("Authorization:Bearer " + this.token)).isEqualTo("4502 unauthorized");
		assertThat(connect("Authorization:Bearer " + this.token, "DPoP:" + this.owner.sign(connectProof())))
			.isEqualTo("4502 unauthorized");
	}

	@Test
	void tokenWhenBoundAndAPasscodeThenIsRefused() {
		assertThat(connect("login:admin", "passcode:" + this.token)).isEqualTo("4502 unauthorized");
		assertThat(connect("passcode:" + this.token, "DPoP:" + this.owner.sign(connectProof())))
			.isEqualTo("4502 unauthorized");
	}

	@Test
	void tokenWhenBoundAndInTheHandshakeThenConnectNeedsTheProof() {
		try (RawWebSocket bearer = RawWebSocket.open(node().port(), "/ws",
				Map.of("Authorization", "Bearer " + this.token))) {
			assertThat(bearer.handshake().status()).isEqualTo(401);
		}
		try (StompClient thief = StompClient.open(node().port(), "Authorization:DPoP " + this.token)) {
			thief.send("CONNECT", "accept-version:1.2");
			assertThat(outcome(thief)).isEqualTo("4502 unauthorized");
		}
		try (StompClient client = StompClient.open(node().port(), "Authorization:DPoP " + this.token)) {
			client.send("CONNECT", "accept-version:1.2", "DPoP:" + this.owner.sign(connectProof()));
			assertThat(outcome(client)).isEqualTo("ok");
		}
	}

	@Test
	void ticketWhenOfABoundSessionThenItNeedsAProofToo() {
		ProvingClient thief = new ProvingClient(node().port(), clock);
		assertThat(connect("ticket:" + ticket())).isEqualTo("4502 unauthorized");
		String stolen = ticket();
		try (StompClient socket = thief.sendConnect("ticket:" + stolen,
				"DPoP:" + thief.sign(thief.connectProof(stolen)))) {
			assertThat(outcome(socket)).isEqualTo("4502 unauthorized");
		}
		String another = ticket();
		assertThat(connect("ticket:" + another, "DPoP:" + this.owner.sign(this.owner.connectProof(ticket()))))
			.isEqualTo("4502 unauthorized");
		String used = ticket();
		assertThat(connect("ticket:" + used, "DPoP:" + this.owner.sign(this.owner.connectProof(used)))).isEqualTo("ok");
		String inUrl = ticket();
		try (StompClient socket = new StompClient(RawWebSocket.open(node().port(), "/ws?ticket=" + inUrl, Map.of()))) {
			socket.send("CONNECT", "accept-version:1.2", "DPoP:" + this.owner.sign(this.owner.connectProof(inUrl)));
			assertThat(outcome(socket)).isEqualTo("ok");
		}
	}

	@Test
	void ticketWhenTheProofNeedsAnotherNonceThenItIsNotUsedUp() {
		String ticket = ticket();
		assertThat(connect("ticket:" + ticket,
				"DPoP:" + this.owner.sign(this.owner.connectProof(ticket).claim("nonce", null))))
			.isEqualTo("4019 use_nonce");
		assertThat(connect("ticket:" + ticket, "DPoP:" + this.owner.sign(this.owner.connectProof(ticket))))
			.isEqualTo("ok");
	}

	@Test
	void cookieWhenOfABoundSessionThenItNeedsAProofToo() {
		Answer answer = this.owner.send("POST", "/auth/login",
				Map.of("username", "admin", "password", DpopIT.PASSWORD, "cookie", true), "DPoP",
				this.owner.sign(this.owner.proof("POST", "/auth/login", null)));
		List<String> set = answer.response().headers().allValues("Set-Cookie");
		String cookies = set.get(0).split(";")[0] + "; " + set.get(1).split(";")[0];
		String csrf = set.get(1).split(";")[0].split("=", 2)[1];
		assertThat(this.owner.send("GET", "/auth/me", null, "Cookie", cookies).code()).isEqualTo("unauthorized");
		ProvingClient thief = new ProvingClient(node().port(), clock);
		assertThat(thief
			.send("GET", "/auth/me", null, "Cookie", cookies, "DPoP", thief.sign(thief.proof("GET", "/auth/me", null)))
			.code()).isEqualTo("invalid_dpop_proof");
		assertThat(this.owner
			.send("GET", "/auth/me", null, "Cookie", cookies, "DPoP",
					this.owner.sign(this.owner.proof("GET", "/auth/me", null)))
			.status()).isEqualTo(200);
		assertThat(byCookie(cookies, csrf, null)).isEqualTo("4502 unauthorized");
		assertThat(byCookie(cookies, csrf, thief.sign(thief.connectProof(null)))).isEqualTo("4502 unauthorized");
		assertThat(byCookie(cookies, csrf, this.owner.sign(this.owner.connectProof(null)))).isEqualTo("ok");
	}

	private static String byCookie(String cookies, String csrf, String proof) {
		try (StompClient socket = StompClient.open(node().port(), "Cookie:" + cookies,
				"Origin:http://localhost:" + node().port())) {
			socket.send("CONNECT",
					(proof != null) ? new String[] { "accept-version:1.2", "X-XSRF-TOKEN:" + csrf, "DPoP:" + proof }
							: new String[] { "accept-version:1.2", "X-XSRF-TOKEN:" + csrf });
			return outcome(socket);
		}
	}

	@Test
	void refreshTokenWhenStolenThenItIsRefusedAndTheOwnersStaysGood() {
		loginAnew();
		String refresh = this.login.text("refresh_token");
		Answer bare = this.owner.send("POST", "/auth/refresh", Map.of("refresh_token", refresh));
		assertThat(bare.status() + " " + bare.code()).isEqualTo("400 invalid_dpop_proof");
		Answer thief = new ProvingClient(node().port(), clock).refresh(refresh);
		assertThat(thief.status() + " " + thief.code()).isEqualTo("400 invalid_dpop_proof");
		Answer next = this.owner.refresh(refresh);
		assertThat(next.status()).as(next.toString()).isEqualTo(200);
		// One that was replaced does not even end the session of its owner.
		assertThat(new ProvingClient(node().port(), clock).refresh(refresh).status()).isEqualTo(400);
		assertThat(this.owner.refresh(next.text("refresh_token")).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenItsProofIsReplayedThenIsRefused() {
		loginAnew();
		String proof = this.owner.sign(this.owner.proof("POST", "/auth/refresh", null));
		Map<String, String> first = Map.of("refresh_token", this.login.text("refresh_token"));
		Answer next = this.owner.send("POST", "/auth/refresh", first, "DPoP", proof);
		Map<String, String> second = Map.of("refresh_token", next.text("refresh_token"));
		Answer replay = this.owner.send("POST", "/auth/refresh", second, "DPoP", proof);
		assertThat(replay.status() + " " + replay.code()).isEqualTo("400 invalid_dpop_proof");
	}

	@Test
	void loginWhenItsProofIsReplayedThenIsRefused() {
		String proof = this.owner.sign(this.owner.proof("POST", "/auth/login", null));
		assertThat(this.owner.login("admin", DpopIT.PASSWORD, proof).status()).isEqualTo(200);
		Answer replay = this.owner.login("admin", DpopIT.PASSWORD, proof);
		assertThat(replay.status() + " " + replay.code()).isEqualTo("400 invalid_dpop_proof");
		assertThat(replay.text("detail")).contains("used before");
	}

	@Test
	void loginWhenItsProofHasNoNonceThenItIsToldOne() {
		Answer answer = this.owner.login("admin", DpopIT.PASSWORD,
				this.owner.sign(this.owner.proof("POST", "/auth/login", null).claim("nonce", null)));
		assertThat(answer.status() + " " + answer.code()).isEqualTo("400 use_dpop_nonce");
		assertThat(this.owner.login("admin", DpopIT.PASSWORD).status()).isEqualTo(200);
	}

	@Test
	void tokenWhenNotBoundThenIsNotTakenAsABoundOne() {
		String bearer = unbound();
		assertThat(this.owner.call("GET", "/auth/me", bearer, null).code()).isEqualTo("unauthorized");
		try (StompClient socket = this.owner.sendConnect(bearer)) {
			assertThat(outcome(socket)).isEqualTo("4502 unauthorized");
		}
	}

	@Test
	void foreignTokenWhenBoundThenItIsNoBearerToken() {
		String foreign = node().token("ann", "cnf", Map.of("jkt", this.owner.key().thumbprint()));
		assertThat(node().publish(foreign, Map.of("to", "/topic/x", "body", "x")).code()).isEqualTo("unauthorized");
		assertThat(connect("Authorization:Bearer " + foreign)).isEqualTo("4502 unauthorized");
		assertThat(connect("passcode:" + foreign)).isEqualTo("4502 unauthorized");
		Map<String, String> message = Map.of("to", "/topic/x", "body", "x");
		assertThat(this.owner.call("POST", "/api/messages", foreign, message).status()).isEqualTo(200);
		try (StompClient socket = this.owner.sendConnect(foreign)) {
			assertThat(socket.expect("CONNECTED").header("user-name")).isEqualTo("ann");
		}
		ProvingClient thief = new ProvingClient(node().port(), clock);
		assertThat(thief.call("POST", "/api/messages", foreign, message).code()).isEqualTo("invalid_dpop_proof");
	}

	@Test
	void foreignTokenWhenBoundInAWayWeCannotCheckThenIsRefused() {
		for (Object confirmation : List.of(Map.of("x5t#S256", "x".repeat(43)), Map.of("jkt", "short"), "jkt",
				Map.of("jkt", 1))) {
			String foreign = node().token("ann", "cnf", confirmation);
			assertThat(connect("Authorization:Bearer " + foreign)).as("%s", confirmation)
				.isEqualTo("4502 unauthorized");
			assertThat(connect("Authorization:DPoP " + foreign,
					"DPoP:" + this.owner.sign(this.owner.connectProof(foreign))))
				.isEqualTo("4502 unauthorized");
		}
	}

}
