package dev.usher.socket;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A live connection goes on by a newer token. */
class RenewalTests {

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start();
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	private static StompClient connectFor(String user, int seconds) {
		return StompClient.connect(gateway.port(), gateway.token(user, Duration.ofSeconds(seconds), Map.of()));
	}

	private static StompFrame auth(String token) {
		return StompFrame.of("SEND", "destination:/app/auth", "Authorization:Bearer " + token);
	}

	@Test
	void commandWhenTokenIsNewerThenReceiptSaysHowLongAndConnectionOutlivesTheOld() {
		try (StompClient ann = connectFor("ann", 60)) {
			ann.subscribe("a", "/user/topic/news");
			String newer = gateway.token("ann", Duration.ofSeconds(600), Map.of());
			assertThat(ann.receipt(auth(newer)).header("expires-in")).isEqualTo("600");
			gateway.clock().advance(Duration.ofSeconds(120));
			ann.publish("/user/ann/topic/news", "still here");
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("still here");
			gateway.clock().advance(Duration.ofSeconds(480));
			ann.expectError("token_expired", 4012);
		}
	}

	@Test
	void anyFrameWhenItCarriesANewerTokenThenConnectionGoesOnByIt() {
		try (StompClient ann = connectFor("ann", 60)) {
			String newer = gateway.token("ann", Duration.ofSeconds(600), Map.of());
			ann.subscribe("a", "/topic/any", "authorization:bearer " + newer);
			gateway.clock().advance(Duration.ofSeconds(120));
			StompFrame send = StompFrame.of("SEND", "destination:/topic/any", "Authorization:Bearer " + newer);
			ann.send(send.body("x"));
			assertThat(ann.expect("MESSAGE").headers().keySet())
				.noneMatch((name) -> name.equalsIgnoreCase("authorization"));
		}
	}

	@Test
	void tokenWhenItIsAnotherUsersThenConnectionEnds() {
		try (StompClient ann = connectFor("ann", 60)) {
			ann.send(auth(gateway.token("ben")));
			ann.expectError("unauthorized", 4502);
		}
	}

	@Test
	void tokenWhenItIsBadThenConnectionEnds() {
		try (StompClient ann = connectFor("ann", 60)) {
			ann.send(auth("nonsense"));
			ann.expectError("unauthorized", 4502);
		}
	}

	@Test
	void tokenWhenItNoLongerAllowsASubscriptionThenConnectionEndsForbidden() {
		String first = gateway.token("ann", Duration.ofSeconds(60),
				Map.of("subscribe", List.of("/queue/vip"), "roles", List.of("service")));
		try (StompClient ann = StompClient.connect(gateway.port(), first)) {
			ann.subscribe("a", "/queue/vip");
			ann.send(auth(gateway.token("ann", Duration.ofSeconds(60), Map.of("roles", List.of("service")))));
			ann.expectError("forbidden", 4504);
		}
	}

	@Test
	void noticeWhenTokenIsAboutToEndThenSubscriberIsToldOnceForEachToken() {
		try (StompClient ann = connectFor("ann", 90)) {
			ann.subscribe("s", "/user/topic/session");
			gateway.clock().advance(Duration.ofSeconds(30));
			StompFrame notice = ann.expect("MESSAGE");
			assertThat(notice.text()).isEqualTo("{\"event\":\"expiring\",\"expires_in\":60}");
			assertThat(notice.header("content-type")).isEqualTo("application/json");
			ann.receipt(auth(gateway.token("ann", Duration.ofSeconds(90), Map.of())));
			gateway.clock().advance(Duration.ofSeconds(50));
			assertThat(ann.expect("MESSAGE").text()).isEqualTo("{\"event\":\"expiring\",\"expires_in\":40}");
		}
	}

	@Test
	void noticeWhenSomebodyElsePublishesOneThenForbidden() {
		try (StompClient ben = gateway.connect("ben")) {
			ben.publish("/user/ann/topic/session", "{\"event\":\"expiring\"}");
			ben.expectError("forbidden", 4504);
		}
	}

	@Test
	void commandWhenThereIsNoTokenOrNoSuchCommandThenBadFrame() {
		try (StompClient ann = connectFor("ann", 60); StompClient ben = connectFor("ben", 60)) {
			ann.send("SEND", "destination:/app/auth");
			ann.expectError("bad_frame", 4500);
			ben.send("SEND", "destination:/app/reboot");
			assertThat(ben.expectError("bad_frame", 4500).header("message"))
				.isEqualTo("No method takes a SEND to this destination.");
		}
	}

}
