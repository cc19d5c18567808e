package dev.usher.attack;

import java.util.List;
import java.util.Map;

import dev.usher.attack.Target.Login;
import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Users of another issuer whose names are almost, or exactly, those of somebody here. */
class ForeignerAttacks {

	private final Target target = ReviewIT.target();

	private int me(String token) {
		return this.target.call("GET", "/auth/me", token, null).status();
	}

	private Answer publish(String user, Map<String, Object> message) {
		return this.target.call("POST", "/api/messages", Target.token(user), message);
	}

	@Test
	void revocationWhenOfAForeignUserThenItIsTheirsAndTheAccountInAnotherCaseLives() {
		Login local = this.target.account("alice");
		try (StompClient account = this.target.connectWith(local.token());
				StompClient foreign = this.target.connect("ALICE")) {
			assertThat(this.target.call("POST", "/admin/revocations", this.target.admin(), Map.of("username", "ALICE"))
				.status()).isEqualTo(201);
			foreign.expectError("revoked", 4503);
			account.expectNothing();
		}
		assertThat(me(local.token())).isEqualTo(200);
	}

	@Test
	void tokenWhenItsSubjectIsAServicesNameThenItOpensNothing() {
		this.target.refuses(Target.token("client:billing"), "unauthorized", 4502);
		assertThat(me(Target.token("client:billing"))).isEqualTo(401);
	}

	@Test
	void publishWhenTheAccountIsSpeltOtherwiseThenItsOwnerReadsIt() {
		Login local = this.target.account("beatrice");
		assertThat(publish("writer", Map.of("to", "/user/Beatrice/queue/a", "body", "hers")).status()).isEqualTo(200);
		try (StompClient reader = this.target.connectWith(local.token())) {
			reader.subscribe("s", "/user/queue/a", "offset:0");
			assertThat(reader.expect("MESSAGE").text()).isEqualTo("hers");
		}
	}

	/** Whatever the publisher says of it. */
	@Test
	void messageWhenItArrivesThenItNamesItsTruePublisher() {
		String client = "billing-" + System.nanoTime();
		String secret = this.target.witness()
			.secret(this.target
				.call("POST", "/admin/clients", this.target.admin(),
						Map.of("client_id", client, "scopes", List.of("publish")))
				.text("client_secret"));
		String service = this.target
			.send(this.target.request("/oauth2/token")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(java.net.http.HttpRequest.BodyPublishers
					.ofString("grant_type=client_credentials&client_id=" + client + "&client_secret=" + secret)))
			.text("access_token");
		try (StompClient reader = this.target.connect("reader"); StompClient writer = this.target.connect("mallory")) {
			reader.subscribe("t", "/user/topic/a").subscribe("q", "/user/queue/a");
			writer.publish("/user/reader/topic/a", "live");
			assertThat(reader.expect("MESSAGE").header("sender")).isEqualTo("mallory");
			writer.receipt(StompFrame.of("SEND", "destination:/user/reader/queue/a", "sender:admin"));
			assertThat(reader.expect("MESSAGE").header("sender")).isEqualTo("mallory");
			assertThat(this.target
				.call("POST", "/api/messages", service, Map.of("to", "/user/reader/queue/a", "body", "a bill"))
				.status()).isEqualTo(200);
			// As a colon is written in a header.
			assertThat(reader.expect("MESSAGE").header("sender")).isEqualTo("client\\c" + client);
		}
	}

}
