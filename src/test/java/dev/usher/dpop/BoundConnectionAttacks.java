package dev.usher.dpop;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.usher.testing.Answer;
import dev.usher.testing.ProvingClient;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Proofs that come again, nonces that are over, and keys that change while a connection
 * lives.
 */
abstract class BoundConnectionAttacks extends DpopAttacks {

	@Test
	void proofWhenReplayedThenIsRefused() {
		String proof = this.owner.sign(proof());
		assertThat(call(proof)).isEqualTo("ok");
		assertThat(call(proof)).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void proofOfConnectWhenReplayedThenIsRefused() {
		String proof = "DPoP:" + this.owner.sign(connectProof());
		assertThat(connect("Authorization:DPoP " + this.token, proof)).isEqualTo("ok");
		assertThat(connect("Authorization:DPoP " + this.token, proof)).isEqualTo("4502 unauthorized");
	}

	/** The nonce is still good then, as is the token. */
	@Test
	void proofWhenReplayedAfterARestartThenIsRefused() {
		int port = node().port();
		String proof = this.owner.sign(proof());
		assertThat(call(proof)).isEqualTo("ok");
		String unused = this.owner.sign(proof().claim("jti", "unused"));
		DpopIT.restart();
		// Another port, so another URL: what a proxy forwards is what counts.
		ProvingClient again = new ProvingClient(node().port(), clock);
		assertThat(again.nonce()).isNotEmpty();
		String host = "localhost:" + port;
		assertThat(forwarded(again, host, unused)).isEqualTo("200");
		assertThat(forwarded(again, host, proof)).isEqualTo("401 invalid_dpop_proof");
	}

	private String forwarded(ProvingClient client, String host, String proof) {
		Answer answer = client.send("GET", "/auth/me", null, "Authorization", "DPoP " + this.token, "DPoP", proof,
				"X-Forwarded-For", "192.0.2.7", "X-Forwarded-Host", host);
		return (answer.status() == 200) ? "200" : answer.status() + " " + answer.code();
	}

	@Test
	void urlWhenItIsTheSameInOtherWordsThenItIsTaken() {
		assertThat(call(proof().claim("htu", "HTTP://LOCALHOST:" + node().port() + "/auth/me?x=1#y"))).isEqualTo("ok");
		String socket = "http://localhost:" + node().port() + "/ws";
		assertThat(connect(connectProof().claim("htu", socket))).isEqualTo("ok");
	}

	@Test
	void proofWhenOfACallThenItOpensNoSocket() {
		assertThat(connect(proof())).isEqualTo("4502 unauthorized");
		assertThat(connect(connectProof().claim("htm", "GET"))).isEqualTo("4502 unauthorized");
		assertThat(connect(connectProof().claim("htu", "ws://localhost:" + node().port() + "/other")))
			.isEqualTo("4502 unauthorized");
		assertThat(connect(connectProof().claim("htu", "wss://localhost:" + node().port() + "/ws")))
			.isEqualTo("4502 unauthorized");
		assertThat(call(connectProof())).isEqualTo("401 invalid_dpop_proof");
	}

	/** It is computed here with the key of the node: no thief could. */
	@Test
	void nonceWhenOfYesterdayThenItIsRefusedAndTheNewOneIsTold() {
		long period = clock.millis() / Nonces.PERIOD.toMillis();
		String now = nonce(period);
		String yesterday = nonce(period - Duration.ofDays(1).dividedBy(Nonces.PERIOD));
		assertThat(List.of(now, nonce(period + 1), nonce(period - 1))).contains(this.owner.nonce());
		assertThat(call(proof().claim("nonce", yesterday))).isEqualTo("401 use_dpop_nonce");
		assertThat(call(proof().claim("nonce", nonce(period - 3)))).isEqualTo("401 use_dpop_nonce");
		assertThat(connect(connectProof().claim("nonce", yesterday))).isEqualTo("4019 use_nonce");
		assertThat(call(proof())).isEqualTo("ok");
	}

	private static String nonce(long period) {
		return TestTokens.encode(hmac(hmac(DpopIT.KEY, "dpop nonce"), Long.toString(period)));
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(key, "HmacSHA256"));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void nonceWhenThereIsNoneThenConnectIsToldItAndComesBackWithIt() {
		try (StompClient socket = this.owner.sendConnect("Authorization:DPoP " + this.token,
				"DPoP:" + this.owner.sign(connectProof().claim("nonce", null)))) {
			StompFrame error = socket.expectError("use_nonce", 4019);
			assertThat(error.header("retry")).isEqualTo("reconnect");
			this.owner.nonce(error.header("nonce"));
		}
		assertThat(connect(connectProof())).isEqualTo("ok");
		assertThat(call(proof().claim("nonce", null))).isEqualTo("401 use_dpop_nonce");
	}

	@Test
	void nonceWhenMadeUpThenIsRefused() {
		assertThat(call(proof().claim("nonce", "x".repeat(43)))).isEqualTo("401 use_dpop_nonce");
		assertThat(call(proof().claim("nonce", ""))).isEqualTo("401 use_dpop_nonce");
		assertThat(call(proof().claim("nonce", List.of(this.owner.nonce())))).isEqualTo("401 invalid_dpop_proof");
	}

	@Test
	void connectionWhenATokenOfTheSameKeyComesThenItGoesOn() {
		loginAnew();
		try (StompClient socket = this.owner.sendConnect(this.token)) {
			socket.expect("CONNECTED");
			String newer = this.owner.refresh(this.login.text("refresh_token")).text("access_token");
			socket.receipt(StompFrame.of("SEND", "destination:/app/auth", "Authorization:DPoP " + newer));
			socket.receipt(StompFrame.of("SEND", "destination:/app/auth", "ticket:" + ticket()));
		}
	}

	@Test
	void keyWhenItChangesInTheMiddleOfAConnectionThenItEnds() {
		ProvingClient other = new ProvingClient(node().port(), clock);
		assertEnds("Authorization:DPoP " + other.login("admin", DpopIT.PASSWORD).text("access_token"));
		String unbound = unbound();
		assertEnds("Authorization:Bearer " + unbound);
		assertEnds("ticket:"
				+ this.owner.send("POST", "/auth/tickets", null, "Authorization", "Bearer " + unbound).text("ticket"));
		assertEnds("Authorization:Bearer " + this.token);
		try (StompClient socket = StompClient.connect(node().port(), unbound)) {
			socket.send("SEND", "destination:/app/auth", "Authorization:DPoP " + this.token);
			socket.expectError("unauthorized", 4502);
		}
	}

	private void assertEnds(String credential) {
		try (StompClient socket = this.owner.sendConnect(this.token)) {
			socket.expect("CONNECTED");
			socket.send("SEND", "destination:/app/auth", credential);
			socket.expectError("unauthorized", 4502);
		}
	}

	@Test
	void credentialsWhenOneIsBoundAndOneIsNotThenBothAreRefused() {
		assertThat(connect("Authorization:Bearer " + unbound(), "ticket:" + ticket())).isEqualTo("4502 unauthorized");
		assertThat(connect("Authorization:DPoP " + this.token, "passcode:" + unbound(),
				"DPoP:" + this.owner.sign(connectProof())))
			.isEqualTo("4502 unauthorized");
	}

}
