package dev.usher.socket;

import java.time.Duration;
import java.util.Map;

import dev.usher.testing.SharedGateway;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What somebody would try who wants what is not theirs. */
class AttackTests {

	private static final TestGateway gateway = SharedGateway.get();

	@ParameterizedTest
	@ValueSource(
			strings = { "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT", "DISCONNECT" })
	void frameWhenNotConnectedThenItIsRefused(String command) {
		try (StompClient client = gateway.open(); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("b", "/topic/before");
			client.send(command, "id:1", "destination:/topic/before", "transaction:t", "receipt:r",
					"Authorization:Bearer " + gateway.token("ann"));
			assertThat(client.expectError("not_connected", 4501).header("receipt-id")).isEqualTo("r");
			listener.expectNothing();
		}
	}

	@Test
	void framesWhenTheyFollowARefusedConnectInOneMessageThenNoneTakesEffect() {
		try (StompClient client = gateway.open(); StompClient listener = gateway.connect("ben")) {
			listener.subscribe("b", "/topic/behind");
			client.sendTogether(StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer forged"),
					StompFrame.of("SUBSCRIBE", "id:a", "destination:/topic/behind", "receipt:1"),
					StompFrame.of("SEND", "destination:/topic/behind").body("smuggled"),
					StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer " + gateway.token("ann")));
			client.expectError("unauthorized", 4502);
			listener.expectNothing();
		}
	}

	@Test
	void framesWhenTheyFollowAGoodConnectInOneMessageThenTheyTakeEffect() {
		try (StompClient client = gateway.open()) {
			client.sendTogether(
					StompFrame.of("CONNECT", "accept-version:1.2", "Authorization:Bearer " + gateway.token("ann")),
					StompFrame.of("SUBSCRIBE", "id:a", "destination:/topic/eager"),
					StompFrame.of("SEND", "destination:/topic/eager").body("now"));
			client.expect("CONNECTED");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("now");
		}
	}

	@Test
	void connectWhenSentAgainAsSomebodyElseThenTheConnectionEnds() {
		try (StompClient client = gateway.connect("ann")) {
			client.sendConnect(gateway.token("ben")).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "*", "/", "/*", "/**", "/topic", "/topic/", "/topic/*", "/topic/**", "/topic/>",
			"/topic/{a}", "/topic/{a:.*}", "/topic/a%2Fb", "/topic/%61", "/topic/a;b=c", "/topic//a", "/topic/a/",
			"/topic/a b", "/topic/a?b", "/topic/a#b", "/topic/a\\cb", "/topic/a\\nb", "/topic/a\\\\b", "/topic/ä",
			"/topic/a|b", "/topic/$a", "/topic/a,/topic/b", "topic/a", "//topic/a", "/TOPIC/a", "/Topic/a", "/other/a",
			"/topics/a", "/exchange/a", "/app", "/user", "/user/", "/user/topic", "/user/topic/", "/user/queue/*",
			"/user//topic/a", "/user/*/topic/{a}", "/user/a/b/topic/c", "/user/%/topic/a", "/user/%6/topic/a",
			"/user/%61nn/topic/a", "/user/%2f/topic/a", "/users/ann/topic/a", " /topic/a", "/topic/a " })
	void destinationWhenItIsNoneThenSubscribeAndSendAreRefused(String destination) {
		try (StompClient reader = gateway.connect("ann"); StompClient writer = gateway.connect("ann")) {
			reader.send("SUBSCRIBE", "id:a", "destination:" + destination).expectError("bad_frame", 4500);
			writer.send("SEND", "destination:" + destination).expectError("bad_frame", 4500);
		}
	}

	@Test
	void destinationWhenItsNameIsOf256CharactersThenItIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/" + "x".repeat(255)).publish("/topic/" + "x".repeat(255), "fits");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("fits");
			client.send("SEND", "destination:/topic/" + "x".repeat(256)).expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/x/../secret", "/topic/./secret", "/user/ann/topic/../topic/secret" })
	void destinationWhenASegmentIsMadeOfDotsThenBadFrame(String destination) {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("a", "/topic/secret").subscribe("b", "/user/topic/secret");
			client.publish(destination, "up").expectError("bad_frame", 4500);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/user/ben/topic/private", "/user/ben/queue/private", "/user/ann/topic/private",
			"/user/auth0|5f7c/topic/private", "/user/*/topic/private", "/user/{user}/topic/private",
			"/user/%2F/topic/private" })
	void subscribeWhenDestinationNamesAUserThenItIsForbidden(String destination) {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SUBSCRIBE", "id:a", "destination:" + destination, "receipt:r");
			assertThat(client.expectError("forbidden", 4504).header("receipt-id")).isEqualTo("r");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/private", "ben/topic/private", "../ben", "ann|%", "*", "{user}", "a:b", "ä" })
	void messageWhenUsersHaveStrangeNamesThenEachReceivesTheirOwnAlone(String name) {
		String written = name.replace("%", "%25").replace("/", "%2F").replace(":", "\\c");
		try (StompClient strange = gateway.connect(name); StompClient ben = gateway.connect("ben")) {
			strange.subscribe("a", "/user/topic/private");
			ben.subscribe("b", "/user/topic/private").publish("/user/" + written + "/topic/private", "yours");
			assertThat(strange.expect("MESSAGE").text()).isEqualTo("yours");
			ben.expectNothing();
		}
	}

	@Test
	void connectWhenItClaimsAnotherNameThenTheTokenDecides() {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "user-name:ben", "simpUser:ben", "login:ben", "host:elsewhere",
					"session:stolen");
			StompFrame connected = client.expect("CONNECTED");
			assertThat(connected.header("user-name")).isEqualTo("ann");
			assertThat(connected.header("session")).isNotEqualTo("stolen");
		}
	}

	@Test
	void connectWhenPasscodeIsTheTokenThenLoginMustBeItsUser() {
		String token = gateway.token("ann");
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "login:ann", "passcode:" + token).expect("CONNECTED");
		}
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "passcode:" + token).expect("CONNECTED");
		}
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "login:ben", "passcode:" + token)
				.expectError("unauthorized", 4502);
		}
	}

	@Test
	void connectWhenCredentialsNameDifferentUsersThenItIsRefused() {
		String bens = gateway.token("ben");
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "passcode:" + bens).expectError("unauthorized", 4502);
		}
		try (StompClient client = gateway.open("Authorization:Bearer " + bens)) {
			client.sendConnect(gateway.token("ann")).expectError("unauthorized", 4502);
		}
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "authorization:Bearer " + bens).expectError("unauthorized", 4502);
		}
		try (StompClient client = gateway.open("Authorization:Bearer " + gateway.token("ann"))) {
			client.sendConnect(gateway.token("ann")).expect("CONNECTED");
		}
	}

	@Test
	void connectWhenTheHandshakeHadTheTokenThenItNeedsNone() {
		try (StompClient client = gateway.open("Authorization:bearer " + gateway.token("ann"))) {
			client.send("CONNECT", "accept-version:1.2");
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ann");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YW5uOnB3", "Token x", "x",
			"Bearer x, Bearer y" })
	void connectWhenAuthorizationIsBadThenItNeverSaysWhy(String authorization) {
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "Authorization:" + authorization);
			StompFrame error = client.expectError("unauthorized", 4502);
			assertThat(error.header("message")).isEqualTo("A valid credential is needed.");
			assertThat(error.header("retry")).isEqualTo("login");
		}
	}

	@Test
	void connectWhenThereIsNoCredentialThenItIsRefused() {
		try (StompClient client = gateway.open()) {
			client.send("CONNECT", "accept-version:1.2", "login:ann").expectError("unauthorized", 4502);
		}
	}

	@Test
	void connectWhenTheTokenHasExpiredThenToldToRefresh() {
		String token = gateway.token("ann", Duration.ofSeconds(-1), Map.of());
		try (StompClient client = gateway.open()) {
			client.sendConnect(token);
			assertThat(client.expectError("token_expired", 4012).header("retry")).isEqualTo("refresh");
		}
	}

	@Test
	void subscriptionsWhenThereAre200ThenTheNextIsRefused() {
		try (StompClient client = gateway.connect("ann")) {
			for (int i = 0; i < SubscriptionList.MOST; i++) {
				client.subscribe("s" + i, "/topic/many." + i);
			}
			client.send("SUBSCRIBE", "id:more", "destination:/topic/more").expectError("too_large", 4506);
		}
	}

}
