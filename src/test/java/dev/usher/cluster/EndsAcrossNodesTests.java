package dev.usher.cluster;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.inbox.Inbox;
import dev.usher.session.Sessions;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.token.Revocation;
import dev.usher.token.Revocations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** What ends on one node ends on the other: sockets, tokens, readers. */
class EndsAcrossNodesTests {

	private static TwoNodes nodes;

	private static String admin;

	@BeforeAll
	static void start() {
		nodes = TwoNodes.start("usher.access[0].publish=*,admin");
		admin = nodes.a().admin();
	}

	@AfterAll
	static void stop() {
		nodes.close();
	}

	private static Answer login(String user) {
		if (nodes.a().login(user).status() != 200) {
			nodes.a().makeUser(user, "user");
		}
		return nodes.a().login(user);
	}

	private static StompClient connect(HttpNode node, Answer login) {
		return StompClient.connect(node.port(), login.text("access_token"));
	}

	private static Answer me(HttpNode node, Answer login) {
		return node.get("/auth/me", login.text("access_token"));
	}

	private static Answer admin(String method, String path, Object body) {
		Answer answer = nodes.a().call(method, path, admin, body);
		assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
		return answer;
	}

	/** The token is refused by both doors of the other node. */
	private static void refusedOnB(String token) {
		assertThat(nodes.b().get("/auth/me", token).code()).isEqualTo("revoked");
		try (StompClient client = StompClient.open(nodes.b().port())) {
			assertThat(client.sendConnect(token).read().header("code")).isEqualTo("revoked");
		}
	}

	@Test
	void sessionWhenItEndsOnOneNodeThenItsSocketsOnTheOtherCloseAndItsTokenIsRefusedThere() {
		Answer login = login("logout");
		Answer other = nodes.a().login("logout");
		try (StompClient client = connect(nodes.b(), login); StompClient stays = connect(nodes.b(), other)) {
			assertThat(nodes.a().call("POST", "/auth/logout", login.text("access_token"), null).status())
				.isEqualTo(204);
			client.expectError("revoked", 4503);
			refusedOnB(login.text("access_token"));
			assertThat(nodes.b().refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
			stays.expectNothing();
		}
		assertThat(me(nodes.b(), other).status()).isEqualTo(200);
	}

	@Test
	void accountWhenItIsDisabledOnOneNodeThenTheOtherRefusesIt() {
		Answer login = login("disabled");
		try (StompClient client = connect(nodes.b(), login)) {
			admin("PATCH", "/admin/accounts/disabled", Map.of("disabled", true));
			client.expectError("revoked", 4503);
		}
		refusedOnB(login.text("access_token"));
		assertThat(nodes.b().login("disabled").code()).isEqualTo("bad_credentials");
	}

	@Test
	void accountWhenItIsDeletedOnOneNodeThenTheOtherRefusesIt() {
		Answer login = login("deleted");
		try (StompClient client = connect(nodes.b(), login)) {
			admin("DELETE", "/admin/accounts/deleted", null);
			client.expectError("revoked", 4503);
		}
		refusedOnB(login.text("access_token"));
	}

	@Test
	void passwordWhenItIsChangedOnOneNodeThenTheOtherSessionsEndOnBoth() {
		Answer kept = login("password");
		Answer other = nodes.a().login("password");
		try (StompClient client = connect(nodes.b(), other); StompClient stays = connect(nodes.b(), kept)) {
			Answer changed = nodes.a()
				.call("POST", "/auth/password", kept.text("access_token"),
						Map.of("current_password", HttpNode.PASSWORD, "new_password", "another horse battery"));
			assertThat(changed.status()).as(changed.toString()).isEqualTo(204);
			client.expectError("revoked", 4503);
			stays.expectNothing();
		}
	}

	@Test
	void tokenWhenItIsRevokedOnOneNodeThenItDiesOnTheOtherAndTheNextOfItsSessionLives() {
		Answer login = login("token");
		String id = claim(login.text("access_token"), "jti");
		Answer next = nodes.b().refresh(login.text("refresh_token"));
		try (StompClient client = connect(nodes.b(), login); StompClient stays = connect(nodes.b(), next)) {
			admin("POST", "/admin/revocations", Map.of("token_id", id));
			client.expectError("revoked", 4503);
			stays.expectNothing();
		}
		refusedOnB(login.text("access_token"));
		assertThat(me(nodes.b(), next).status()).isEqualTo(200);
	}

	private static String claim(String token, String name) {
		String json = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
		return new JsonMapper().readTree(json).path(name).asString();
	}

	@Test
	void serviceWhenItsClientIsRemovedOnOneNodeThenItsTokenIsRefusedOnTheOther() {
		Answer made = admin("POST", "/admin/clients", Map.of("client_id", "billing", "scopes", List.of("publish")));
		String secret = Base64.getEncoder().encodeToString(("billing:" + made.text("client_secret")).getBytes());
		Answer token = nodes.b()
			.send(nodes.b()
				.request("/oauth2/token")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.header("Authorization", "Basic " + secret)
				.POST(BodyPublishers.ofString("grant_type=client_credentials")));
		try (StompClient client = connect(nodes.b(), token)) {
			admin("DELETE", "/admin/clients/billing", null);
			client.expectError("revoked", 4503);
		}
		refusedOnB(token.text("access_token"));
	}

	@Test
	void endWhenItsTransactionIsRolledBackThenNothingClosesOnAnyNode() {
		Answer login = login("rolled");
		try (StompClient here = connect(nodes.a(), login); StompClient there = connect(nodes.b(), login)) {
			nodes.a().bean(TransactionTemplate.class).executeWithoutResult((status) -> {
				nodes.a().bean(Sessions.class).end(login.text("session_id"));
				status.setRollbackOnly();
			});
			here.expectNothing();
			assertThat(me(nodes.a(), login).status()).isEqualTo(200);
			assertThat(nodes.b().refresh(login.text("refresh_token")).status()).isEqualTo(200);
			there.expectNothing();
			nodes.a().bean(TransactionTemplate.class).executeWithoutResult((status) -> {
				mayTakeLong();
				nodes.a().bean(Sessions.class).end(login.text("session_id"));
				here.expectNothing();
			});
			here.expectError("revoked", 4503);
			there.expectError("revoked", 4503);
		}
	}

	/** A node ends a transaction in which nothing happens for seconds. */
	private static void mayTakeLong() {
		nodes.a().bean(JdbcTemplate.class).execute("SET LOCAL idle_in_transaction_session_timeout = 0");
	}

	@Test
	void tokensWhenAThousandAreRevokedWhileATransactionCommitsLateThenNoneIsMissed() throws Exception {
		Answer login = login("late");
		Revocations here = nodes.a().bean(Revocations.class);
		Revocations there = nodes.b().bean(Revocations.class);
		CountDownLatch written = new CountDownLatch(1);
		CountDownLatch commit = new CountDownLatch(1);
		try (StompClient client = connect(nodes.b(), login)) {
			CompletableFuture<Void> late = CompletableFuture
				.runAsync(() -> nodes.a().bean(TransactionTemplate.class).executeWithoutResult((status) -> {
					mayTakeLong();
					nodes.a().bean(Sessions.class).end(login.text("session_id"));
					written.countDown();
					await(commit);
				}));
			await(written);
			for (int i = 0; i < 1000; i++) {
				here.revoke(here.lasting(Revocation.Kind.TOKEN, "token" + i, null));
			}
			Await.until(() -> IntStream.range(0, 1000).allMatch((i) -> there.isRevoked(caller("token" + i))));
			client.expectNothing();
			commit.countDown();
			client.expectError("revoked", 4503);
			late.get(30, TimeUnit.SECONDS);
		}
		refusedOnB(login.text("access_token"));
	}

	private static Caller caller(String tokenId) {
		return new Caller("anybody", Set.of(),
				nodes.b().bean(AccessRules.class).permissions("anybody", Set.of(), List.of(), List.of()), "usher", null,
				tokenId, null, nodes.b().clock().instant().plusSeconds(60));
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(120, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void logWhenItIsRemovedOnOneNodeThenItsReadersOnTheOtherEndAndAreTold() {
		nodes.a().makeUser("owner", "user");
		String publisher = login("publisher").text("access_token");
		publish(nodes.b(), publisher, "/user/owner/queue/in", "old");
		Answer login = nodes.a().login("owner");
		try (StompClient reader = connect(nodes.b(), login)) {
			reader.subscribe("s", "/user/queue/in", "offset:0");
			assertThat(reader.expect("MESSAGE").text()).isEqualTo("old");
			removeLogs("owner");
			StompFrame error = reader.read();
			assertThat(error.header("code")).as(error.toString()).isEqualTo("forbidden");
			assertThat(error.header("message")).isEqualTo("What this subscription reads was removed.");
		}
	}

	private static void removeLogs(String owner) {
		nodes.a().bean(Inbox.class).removeOwnedBy(owner).toCompletableFuture().join();
		assertThat(nodes.a()
			.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM inbox_logs WHERE owner = ?")
			.param(owner)
			.query(Integer.class)
			.single()).isZero();
	}

	@Test
	void logWhenItIsMadeAnewBeforeItsReadersHearOfItThenTheyEndAndNewOnesMissNothing() {
		nodes.a().makeUser("remade", "user");
		String publisher = login("publisher").text("access_token");
		for (int i = 0; i < 3; i++) {
			publish(nodes.b(), publisher, "/user/remade/queue/in", "old " + i);
		}
		Answer login = nodes.a().login("remade");
		try (StompClient reader = connect(nodes.b(), login); StompClient next = connect(nodes.b(), login)) {
			reader.subscribe("s", "/user/queue/in");
			removeLogs("remade");
			publish(nodes.b(), publisher, "/user/remade/queue/in", "new 0");
			next.subscribe("s", "/user/queue/in", "offset:0");
			publish(nodes.b(), publisher, "/user/remade/queue/in", "new 1");
			assertThat(next.expect("MESSAGE").text()).isEqualTo("new 0");
			assertThat(next.expect("MESSAGE").text()).isEqualTo("new 1");
			assertThat(reader.read().header("code")).isEqualTo("forbidden");
		}
	}

	@Test
	void readerWhenItIsRemovedOnOneNodeThenItsSubscriptionsOnTheOtherEndAndAreTold() {
		Answer login = login("phone");
		try (StompClient there = connect(nodes.b(), login); StompClient here = connect(nodes.a(), login)) {
			there.subscribe("s", "/user/queue/in", "durable:phone");
			here.subscribe("s", "/user/queue/in", "durable:phone");
			here.sendAndWait("UNSUBSCRIBE", "id:s", "durable:phone", "forget:true");
			assertThat(there.read().header("code")).isEqualTo("forbidden");
		}
	}

	@Test
	void accountWhenItIsMadeOnOneNodeThenTheOtherKnowsItAtOnce() {
		String publisher = login("publisher").text("access_token");
		publish(nodes.b(), publisher, "/user/newcomer/queue/in", "to nobody");
		UserDirectory users = nodes.b().bean(UserDirectory.class);
		assertThat(users.known("newcomer")).isNotNull().matches((user) -> !user.exists());
		nodes.a().makeUser("Newcomer", "user");
		// What was remembered of the name is forgotten: it is looked up again.
		Await.until(() -> users.known("newcomer") == null);
	}

	private static void publish(HttpNode node, String token, String to, String body) {
		Answer answer = node.call("POST", "/api/messages", token, Map.of("to", List.of(to), "body", body));
		assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
	}

}
