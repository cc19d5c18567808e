package dev.usher.publish;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.protocol.Destination;
import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestTokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whose a destination is where names differ in case or are nobody's. On every database.
 */
@ParameterizedClass
@EnumSource(Store.class)
class RecipientTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static final List<String> EVERYWHERE = List.of("/user/*/queue/**", "/user/*/topic/**");

	private static HttpNode node;

	private static HttpNode strict;

	@Parameter
	private Store store;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = start(store, "store");
		strict = start(store, "refuse");
		strict.clock().set(node.clock().instant());
	}

	private static HttpNode start(Store store, String unknownUsers) {
		return HttpNode.start(store, "usher.issuers[0].issuer=partner", "usher.issuers[0].audience=gateway",
				"usher.issuers[0].secret=" + SECRET, "usher.publish.unknown-users=" + unknownUsers);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
		strict.close();
	}

	private static String foreign(String name, List<String> publish) {
		return TestTokens.valid("partner", "gateway", node.clock())
			.claim("sub", name)
			.claim("publish", publish)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	private static String publisher() {
		return foreign("publisher", EVERYWHERE);
	}

	private static Answer publish(HttpNode to, String token, List<String> destinations) {
		return to.call("POST", "/api/messages", token, Map.of("to", destinations, "body", "x"));
	}

	private static List<Long> offsets(Answer answer) {
		List<Long> offsets = new ArrayList<>();
		answer.json().path("results").forEach((result) -> offsets.add(result.path("offset").asLong()));
		return offsets;
	}

	@Test
	void publishWhenTheAccountIsSpeltOtherwiseThenItsOwnerReadsIt() {
		node.makeUser("alice", "user");
		Answer answer = publish(node, publisher(),
				List.of("/user/Alice/queue/a", "/user/ALICE/queue/a", "/user/alice/queue/a"));
		assertThat(offsets(answer)).containsExactly(1L, 2L, 3L);
		try (StompClient alice = StompClient.connect(node.port(), node.login("alice").text("access_token"))) {
			alice.subscribe("s", "/user/queue/a", "offset:0");
			for (String offset : List.of("1", "2", "3")) {
				assertThat(alice.expect("MESSAGE").header("offset")).isEqualTo(offset);
			}
			alice.subscribe("t", "/user/topic/a");
			try (StompClient sender = StompClient.connect(node.port(), publisher())) {
				StompFrame receipt = sender.receipt(StompFrame.of("SEND", "destination:/user/aLICE/topic/a"));
				assertThat(receipt.header("delivered")).isEqualTo("1");
			}
			assertThat(alice.expect("MESSAGE").header("destination")).isEqualTo("/user/topic/a");
		}
		assertThat(this.store).isNotNull();
	}

	@Test
	void publishWhenAForeignUserHasTheVeryNameThenItIsTheirs() {
		node.makeUser("bob", "user");
		try (StompClient foreign = StompClient.connect(node.port(), foreign("Bob", List.of()))) {
			assertThat(offsets(publish(node, publisher(), List.of("/user/Bob/queue/b", "/user/bob/queue/b"))))
				.containsExactly(1L, 1L);
			foreign.subscribe("s", "/user/queue/b", "offset:0").expect("MESSAGE");
			assertThat(foreign.receipt(StompFrame.of("SEND", "destination:/app/ping")).header("offset")).isNull();
		}
	}

	@Test
	void publishWhenManyGoToANewNameThenKeepTheirOrder() {
		try (StompClient sender = StompClient.connect(node.port(), publisher())) {
			for (int i = 1; i <= 200; i++) {
				sender.send("SEND", "destination:/user/newcomer/queue/c", "receipt:" + i);
			}
			for (int i = 1; i <= 200; i++) {
				StompFrame receipt = sender.expect("RECEIPT");
				assertThat(receipt.header("receipt-id")).isEqualTo(receipt.header("offset"));
			}
		}
	}

	@Test
	void publishWhenOnlyTheNameAsWrittenIsAllowedThenIsForbidden() {
		node.makeUser("erin", "user");
		String token = foreign("limited", List.of("/user/Erin/queue/**"));
		assertThat(publish(node, token, List.of("/user/Erin/queue/a")).toString()).contains("forbidden");
		assertThat(node.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM inbox_logs WHERE address IN ('/user/erin/queue/a', '/user/Erin/queue/a')")
			.query(Long.class)
			.single()).isZero();
	}

	@Test
	void publishWhenTheNameIsTheGatewaysThenIsForbidden() {
		Answer answer = publish(node, publisher(), List.of("/user/nobody-yet/queue/usher.events"));
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.toString()).contains("forbidden");
	}

	@Test
	void publishWhenANameHoldsHalfACharacterThenThatMessageAloneIsRefused() {
		Answer answer = node.send(node.request("/api/messages")
			.header("Authorization", "Bearer " + publisher())
			.header("Content-Type", "application/json")
			.POST(BodyPublishers
				.ofString("{\"to\":[\"/user/nobody-yet/queue/g\",\"/user/x\\ud800/queue/g\"],\"body\":\"x\"}")));
		assertThat(answer.status()).isEqualTo(207);
		assertThat(offsets(answer)).containsExactly(1L, 0L);
		assertThat(answer.json().path("results").path(1).path("error").path("code").asString(""))
			.isEqualTo("bad_frame");
	}

	/** Past the publisher, who refuses such names. */
	@Test
	void messageWhenTheDatabaseCannotKeepItsNameThenOthersAreStoredAllTheSame() {
		Inbox inbox = node.bean(Inbox.class);
		List<CompletionStage<Appended>> others = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			inbox.append(draft(new Destination("x\ud800", true, "h", "/user/x\ud800/queue/h")));
			others.add(inbox.append(draft(Destination.forPublish("/user/nobody-yet/queue/h"))));
		}
		assertThat(others).extracting((other) -> other.toCompletableFuture().join().offset())
			.containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
	}

	private static Draft draft(Destination destination) {
		return new Draft(destination, "text/plain", Map.of(), new byte[1], null, null, node.clock().millis());
	}

	@Test
	void publishWhenNobodyHasTheNameThenIsStoredByDefault() {
		assertThat(offsets(publish(node, publisher(), List.of("/user/nobody-yet/queue/d")))).containsExactly(1L);
	}

	@Test
	void publishWhenUnknownUsersAreRefusedThenIsToldSoUntilTheyCome() {
		strict.makeUser("alice", "user");
		Answer answer = publish(strict, publisher(), List.of("/user/ALICE/queue/e", "/user/stranger/queue/e",
				"/user/stranger/topic/e", "/user/x%00/queue/e", "/user/publisher/queue/e"));
		assertThat(answer.json().path("results").toString()).contains("unknown_user", "There is no user of this name.");
		List<String> codes = new ArrayList<>();
		answer.json().path("results").forEach((result) -> codes.add(result.path("error").path("code").asString("")));
		assertThat(codes).containsExactly("", "unknown_user", "unknown_user", "unknown_user", "");
		try (StompClient stranger = StompClient.connect(strict.port(), foreign("stranger", List.of()))) {
			assertThat(offsets(publish(strict, publisher(), List.of("/user/stranger/queue/e")))).containsExactly(1L);
		}
		try (StompClient sender = StompClient.connect(strict.port(), publisher())) {
			sender.send("SEND", "destination:/user/another-stranger/queue/e").expectError("unknown_user", 4500);
		}
		strict.makeUser("later");
		assertThat(offsets(publish(strict, publisher(), List.of("/user/Later/queue/e")))).containsExactly(1L);
	}

	@Test
	void foreignUserWhenTheyComeThenAreWrittenDownOnce() {
		for (int i = 0; i < 3; i++) {
			assertThat(node.get("/auth/me", foreign("written-down", List.of())).status()).isEqualTo(200);
		}
		JdbcClient jdbc = node.bean(JdbcClient.class);
		Awaitility.await()
			.until(() -> jdbc.sql("SELECT issuer FROM foreign_users WHERE name = 'written-down'")
				.query(String.class)
				.list()
				.equals(List.of("partner")));
	}

	@Test
	void publishWhenThousandsOfNamesAreNewThenAllAreTaken() {
		List<String> names = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			names.add("/user/new-" + i + "/topic/f");
		}
		Answer answer = publish(node, publisher(), names);
		assertThat(answer.json().path("results").size()).isEqualTo(1000);
		assertThat(answer.response().body()).doesNotContain("error");
	}

}
