package dev.usher.socket;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import dev.usher.testing.Answer;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestIssuer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** An identity provider that is down sends nobody to the login page. */
class IssuerAwayTests {

	private final TestIssuer issuer = new TestIssuer();

	private TestGateway gateway;

	@BeforeEach
	void start() {
		this.issuer.answerWith(503);
		// Longer than a loaded machine takes to notice that an issuer hangs.
		this.gateway = TestGateway.start("usher.connect.timeout=30s", "usher.issuers[1].issuer=" + this.issuer.issuer(),
				"usher.issuers[1].audience=" + TestIssuer.AUDIENCE,
				"usher.issuers[1].jwk-set-uri=" + this.issuer.jwkSetUri());
	}

	@AfterEach
	void stop() {
		this.gateway.close();
		this.issuer.close();
	}

	private String token() {
		return this.issuer.sign(this.issuer.token(this.gateway.clock()));
	}

	@Test
	void issuerWhenItIsDownThenClientsAreToldToComeBackAndThenLetIn() throws Exception {
		try (StompClient client = this.gateway.open()) {
			StompFrame error = client.sendConnect(token()).expectError("issuer_unavailable", 4018);
			assertThat(error.header("retry")).isEqualTo("reconnect");
			assertThat(Integer.parseInt(error.header("retry-after"))).isBetween(5, 60);
			assertThat(error.header("incident")).isNull();
		}
		Answer answer = new Answer(HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.gateway.port() + "/auth/me"))
				.header("Authorization", "Bearer " + token())
				.build(), BodyHandlers.ofString()));
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.code()).isEqualTo("issuer_unavailable");
		assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(5, 60);
		RawWebSocket handshake = RawWebSocket.open(this.gateway.port(), "/ws",
				Map.of("Authorization", "Bearer " + token()));
		assertThat(handshake.handshake().status()).isEqualTo(503);
		handshake.close();
		this.issuer.answerWith(200);
		this.gateway.clock().advance(Duration.ofMinutes(1));
		assertThat(connect(this::token).header("user-name")).isEqualTo("alice");
	}

	@Test
	void issuerWhenItHangsThenTheConnectIsAnsweredBeforeItsDeadline() {
		this.issuer.hold();
		this.gateway.clock().advance(Duration.ofMinutes(1));
		try (StompClient client = this.gateway.open()) {
			client.sendConnect(token()).expectError("issuer_unavailable", 4018);
		}
	}

	@Test
	void keyWhenTheIssuerSaysThereIsNoneThenTheTokenIsBad() {
		this.issuer.answerWith(200);
		this.gateway.clock().advance(Duration.ofMinutes(1));
		StompFrame answer = connect(
				() -> this.issuer.sign(this.issuer.token(this.gateway.clock()).header("kid", "invented")));
		assertThat(answer.header("code")).isEqualTo("unauthorized");
	}

	/**
	 * Asks once more a minute later where the issuer, on this machine, took longer to
	 * answer than it may.
	 */
	private StompFrame connect(Supplier<String> token) {
		StompFrame answer = answer(token.get());
		if (!"issuer_unavailable".equals(answer.header("code"))) {
			return answer;
		}
		this.gateway.clock().advance(Duration.ofMinutes(1));
		return answer(token.get());
	}

	private StompFrame answer(String token) {
		try (StompClient client = this.gateway.open()) {
			return client.sendConnect(token).read();
		}
	}

}
