package dev.usher.attack;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.usher.token.Secret;
import dev.usher.attack.Target.Login;
import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What honest clients ran into. */
class ClientReview {

	private final Target target = ReviewIT.target();

	private Answer refresh(String token, String next) {
		return this.target.call("POST", "/auth/refresh", null, Map.of("refresh_token", token, "next", next));
	}

	private int me(Answer login) {
		return this.target.call("GET", "/auth/me", login.text("access_token"), null).status();
	}

	@Test
	void refreshWhenItsAnswerIsLostThenARepeatIsAnsweredAlike() {
		Login login = this.target.account("unlucky");
		String next = this.target.witness().secret(Secret.create());
		assertThat(refresh(login.refreshToken(), next).status()).isEqualTo(200);
		Answer again = refresh(login.refreshToken(), next);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.text("refresh_token")).endsWith("." + next);
		assertThat(me(again)).isEqualTo(200);
	}

	/** Each has its own copy of the page's state, and none knows of the others. */
	@Test
	void refreshWhenThreeTabsAskAtOnceThenAllStayLoggedIn() {
		Login login = this.target.account("tabs");
		List<Answer> answers = Stream
			.generate(() -> CompletableFuture.supplyAsync(() -> this.target.refresh(login.refreshToken())))
			.limit(3)
			.toList()
			.stream()
			.map(CompletableFuture::join)
			.toList();
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.status()).isEqualTo(200));
		String successor = this.target.witness().secret(answers.get(0).text("refresh_token"));
		assertThat(this.target.refresh(successor).status()).isEqualTo(200);
		answers.forEach((answer) -> assertThat(me(answer)).isEqualTo(200));
	}

	@Test
	void refreshWhenTheTokenIsTwoGenerationsOldThenTheSessionEnds() {
		Login login = this.target.account("two-back");
		String first = this.target.witness().secret(Secret.create());
		Answer second = this.target.refresh(refresh(login.refreshToken(), first).text("refresh_token"));
		this.target.witness().secret(second.text("refresh_token"));
		assertThat(me(second)).isEqualTo(200);
		assertThat(refresh(login.refreshToken(), first).code()).isEqualTo("refresh_reused");
		assertThat(me(second)).isEqualTo(401);
	}

	@Test
	void connectedWhenAskedForHeartBeatsThenAsFastAsTheClientWantsDownToASecond() {
		try (StompClient client = this.target.open()) {
			StompFrame connected = client.sendConnect(Target.token("ann"), "heart-beat:2000,1000").expect("CONNECTED");
			assertThat(connected.header("heart-beat")).isEqualTo("1000,2000");
			assertThat(Integer.parseInt(connected.header("retry-spread"))).isPositive();
		}
		try (StompClient client = this.target.open()) {
			StompFrame connected = client.sendConnect(Target.token("ann"), "heart-beat:10,10").expect("CONNECTED");
			assertThat(connected.header("heart-beat")).isEqualTo("1000,1000");
		}
	}

	@Test
	void sendWhenItAsksForAReceiptThenThatSaysWhatBecameOfIt() {
		try (StompClient client = this.target.connect("sender"); StompClient reader = this.target.connect("listener")) {
			reader.subscribe("a", "/user/topic/a");
			assertThat(client.receipt(StompFrame.of("SEND", "destination:/user/listener/topic/a")).header("delivered"))
				.isEqualTo("1");
			StompFrame stored = client.receipt(StompFrame.of("SEND", "destination:/user/listener/queue/a", "id:one"));
			StompFrame again = client.receipt(StompFrame.of("SEND", "destination:/user/listener/queue/a", "id:one"));
			assertThat(stored.header("offset")).isEqualTo("1");
			assertThat(again.header("repeated")).isEqualTo("true");
			assertThat(again.header("offset") + again.header("epoch")).isEqualTo("1" + stored.header("epoch"));
			assertThat(client.receipt(StompFrame.of("SEND", "destination:/app/ping")).headers())
				.containsOnlyKeys("receipt-id");
		}
	}

	/** No login is asked for where there is nothing. */
	@Test
	void pathsWhenThereIsNothingThenNotFoundAndTheFirstPageLinks() {
		for (String token : new String[] { null, Target.token("ann"), this.target.admin() }) {
			for (String path : List.of("/nope", "/auth/nope", "/api/nope")) {
				assertThat(this.target.call("GET", path, token, null).code()).as(path).isEqualTo("not_found");
			}
		}
		Answer page = this.target.call("GET", "/", null, null);
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.header("Content-Type")).startsWith("text/html");
		assertThat(page.response().body()).contains("href=\"/docs\"", "href=\"/actuator/health\"");
	}

	@Test
	void originWhenUnlistedThenTheLogSaysHowToListItOnce() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.target.handshake("/ws", "Origin:https://app.example.com").status()).isEqualTo(403);
		}
		String output = this.target.process().awaitOutput("usher.origins[0]=https://app.example.com");
		assertThat(output.lines().filter((line) -> line.contains("usher.origins[0]=https://app.example.com")))
			.hasSize(1);
	}

}
