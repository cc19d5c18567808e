package dev.usher.node;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import dev.usher.presence.PatientPresence;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.LogReader;
import dev.usher.testing.Postgres;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.RedisServer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** What an administrator sees of two nodes, and how one is drained from the other. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodesTests {

	private static RedisServer redis;

	private static TestGateway one;

	private static TestGateway other;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		String database = Postgres.newMigratedDatabase();
		one = node("one", database);
		other = node("other", database);
	}

	private static TestGateway node(String name, String database) {
		return TestGateway.with(PatientPresence.class,
				redis.properties("usher.cluster.node=" + name, "spring.datasource.url=" + database,
						"usher.connect.timeout=60s", "usher.token.key=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
						"usher.issuers[0].roles=user,service,admin,operator"));
	}

	@AfterAll
	static void end() {
		one.close();
		other.close();
		redis.close();
	}

	private static String admin(TestGateway node) {
		return node.token("root", Duration.ofMinutes(15), Map.of("roles", List.of("admin")));
	}

	/** Where the configuration of an issuer lists the role, it makes operators. */
	private static String operator(TestGateway node) {
		return node.token("olga", Duration.ofMinutes(15), Map.of("roles", List.of("operator")));
	}

	private static JsonNode connections(TestGateway asked, String query) {
		Answer answer = call(asked, "GET", "/admin/connections?" + query, operator(asked));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return answer.json();
	}

	private static Answer call(TestGateway node, String method, String path, String token) {
		// The clock of a test stands still, and a node whose clock is off is not ready.
		node.clock().set(Instant.now());
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path))
			.method(method, BodyPublishers.noBody());
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		try {
			return new Answer(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()));
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static JsonNode list(TestGateway asked) {
		other.clock().set(Instant.now());
		Answer answer = call(asked, "GET", "/admin/nodes", admin(asked));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return answer.json();
	}

	/** Waits until one sees the other so; other is the second by name. */
	private static JsonNode awaitOther(Predicate<JsonNode> as) {
		Await.within(60, () -> as.test(list(one).path(1)));
		return list(one).path(1);
	}

	private static String id(TestGateway node) {
		return node.bean(NodeLease.class).id();
	}

	private static Answer drain(TestGateway asked, String id) {
		return call(asked, "POST", "/admin/nodes/" + id + "/drain", admin(asked));
	}

	@Test
	@Order(1)
	void nodesWhenListedThenEachSaysHowItDoesAndWhatIsHeardOfIt() {
		try (StompClient ben = other.connect("ben")) {
			JsonNode seen = awaitOther((node) -> node.path("connections").asInt() == 1 && node.path("ready").asBoolean()
					&& node.path("heard").has("at"));
			assertThat(seen.path("id").asString()).isEqualTo(id(other));
			assertThat(seen.path("name").asString()).isEqualTo("other");
			assertThat(seen.path("version").asString()).isNotEmpty();
			assertThat(seen.path("current").asBoolean()).isFalse();
			assertThat(seen.path("alive").asBoolean()).isTrue();
			assertThat(seen.path("draining").asBoolean()).isFalse();
			assertThat(seen.path("blind").asBoolean()).isFalse();
			assertThat(seen.path("bus").asString()).isEqualTo("up");
			assertThat(seen.path("clock_skew").isNumber()).isTrue();
			assertThat(Instant.parse(seen.path("started_at").asString())).isBetween(Instant.now().minusSeconds(300),
					Instant.now().plusSeconds(1));
			assertThat(Instant.parse(seen.path("lease_until").asString())).isAfter(Instant.now());
			assertThat(seen.path("heard").path("suspected").asBoolean()).isFalse();
			assertThat(seen.path("heard").path("missed").asLong(-1)).isNotNegative();
			ben.expectNothing();
		}
		JsonNode self = list(one).path(0);
		assertThat(self.path("name").asString()).isEqualTo("one");
		assertThat(self.path("current").asBoolean()).isTrue();
		assertThat(self.has("heard")).isFalse();
	}

	@Test
	@Order(2)
	void metersWhenNothingWasTakenOverYetThenTheirCounterIsThere() {
		assertThat(one.bean(MeterRegistry.class).get("usher.claims.adopted").functionCounter().count()).isZero();
	}

	@Test
	@Order(3)
	void callsWhenMadeByNobodyOrForNoNodeThenAreRefused() {
		String user = one.token("ann");
		assertThat(call(one, "GET", "/admin/nodes", user).code()).isEqualTo("forbidden");
		assertThat(call(one, "POST", "/admin/nodes/" + id(other) + "/drain", user).code()).isEqualTo("forbidden");
		assertThat(call(one, "GET", "/admin/nodes", null).status()).isEqualTo(401);
		for (String unknown : List.of("nobody", "other", "%00", "0'--", "x".repeat(1000))) {
			Answer answer = drain(one, unknown);
			assertThat(answer.status()).as(unknown + " " + answer).isIn(400, 404);
		}
		assertThat(drain(one, "nobody").code()).isEqualTo("not_found");
		assertThat(list(one).path(1).path("draining").asBoolean()).isFalse();
	}

	@Test
	@Order(4)
	void heartbeatsWhenTheBusIsAwayThenTheNodeIsSuspectedAndAliveAllTheSame() {
		redis.stop();
		try {
			JsonNode seen = awaitOther((node) -> node.path("heard").path("suspected").asBoolean()
					&& node.path("bus").asString().equals("down"));
			assertThat(seen.path("alive").asBoolean()).isTrue();
		}
		finally {
			redis.restart();
		}
		awaitOther((node) -> !node.path("heard").path("suspected").asBoolean()
				&& node.path("bus").asString().equals("up") && node.path("heard").path("missed").asLong() > 0);
	}

	@Test
	@Order(5)
	void connectionsWhenOnBothNodesThenEitherListsThemAndEndsThem() {
		try (StompClient ann = one.connect("ann");
				StompClient ben = other.connect("ben");
				StompClient second = other.connect("ben")) {
			for (TestGateway asked : List.of(one, other)) {
				Await.within(20, () -> connections(asked, "").path("connections").size() == 3);
				JsonNode bens = connections(asked, "username=ben");
				assertThat(bens.path("complete").asBoolean()).isTrue();
				assertThat(bens.path("connections")).hasSize(2)
					.allSatisfy((each) -> assertThat(each.path("node").asString()).isEqualTo(id(other)));
				JsonNode first = connections(asked, "limit=2");
				JsonNode last = connections(asked, "limit=2&after=" + first.path("next").asString());
				assertThat(last.path("connections")).hasSize(1);
				assertThat(first.path("connections").values()).doesNotContainAnyElementsOf(last.path("connections"));
				assertThat(last.has("next")).isFalse();
			}
			assertThat(connections(one, "address=127.0.0.1").path("complete").asBoolean()).isFalse();
			assertThat(connections(one, "node=" + id(other)).path("connections")).hasSize(2);
			JsonNode bens = connections(one, "username=ben").path("connections");
			assertThat(bens.path(0).has("address")).isFalse();
			assertBusyRowIsUnavailable(bens.path(0).path("id").asString());
			endOnTheOtherNode(bens.path(0).path("id").asString());
			assertThat(call(one, "DELETE", "/admin/connections/unknown", operator(one)).code()).isEqualTo("not_found");
			redis.stop();
			try {
				endOnTheOtherNode(bens.path(1).path("id").asString());
			}
			finally {
				redis.restart();
			}
			ben.expectError("ended", 4021);
			second.expectError("ended", 4021);
			ann.expectNothing();
		}
		awaitOther((node) -> node.path("bus").asString().equals("up"));
	}

	/** Somebody holds the row for longer than a call waits. */
	private static void assertBusyRowIsUnavailable(String id) {
		JdbcTemplate rows = one.bean(JdbcTemplate.class);
		new TransactionTemplate(one.bean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
			rows.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
			assertThat(rows.queryForList("SELECT id FROM connections WHERE id = ? FOR UPDATE", id)).hasSize(1);
			Answer answer = call(one, "DELETE", "/admin/connections/" + id, operator(one));
			assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
			assertThat(answer.code()).isEqualTo("storage_unavailable");
		});
	}

	private static void endOnTheOtherNode(String id) {
		assertThat(call(one, "DELETE", "/admin/connections/" + id, operator(one)).status()).isEqualTo(204);
		Await.within(20, () -> !String.valueOf(connections(other, "username=ben").path("connections")).contains(id));
	}

	@Test
	@Order(6)
	void nodeWhenItIsHeardAndHasNoRowThenIsListedAsSuchAndComesBackByItself() {
		JdbcTemplate rows = one.bean(JdbcTemplate.class);
		JsonNode heard = new TransactionTemplate(one.bean(PlatformTransactionManager.class)).execute((status) -> {
			// A node ends a transaction in which nothing happens for seconds, as here
			// while others answer.
			rows.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
			// A node whose row is gone waits for this to make another.
			rows.queryForList("SELECT lowest_version FROM schema_release FOR UPDATE");
			// Not in the transaction, which the list would not see.
			CompletableFuture.runAsync(() -> rows.update("DELETE FROM nodes WHERE incarnation = ?", id(other))).join();
			assertThat(drain(one, id(other)).code()).isEqualTo("not_found");
			return list(one).path(1);
		});
		assertThat(heard.path("id").asString()).isEqualTo(id(other));
		assertThat(heard.has("name")).isFalse();
		assertThat(heard.path("alive").asBoolean()).isFalse();
		assertThat(heard.path("version").asString()).isNotEmpty();
		awaitOther((node) -> node.path("alive").asBoolean() && node.path("ready").asBoolean());
	}

	@Test
	@Order(7)
	void drainWhenAskedOfAnotherNodeThenItSendsItsClientsAwayAndLetsNobodyIn() {
		try (LogReader log = new LogReader();
				StompClient ann = one.connect("ann");
				StompClient ben = other.connect("ben")) {
			ben.subscribe("s", "/queue/jobs", "ack:client-individual");
			ann.sendAndWait("SEND", "destination:/queue/jobs");
			ben.expect("MESSAGE");
			ann.subscribe("s", "/queue/jobs", "ack:client-individual");

			Answer answer = drain(one, id(other));
			assertThat(answer.status()).as(answer.toString()).isEqualTo(202);
			assertThat(answer.text("name")).isEqualTo("other");
			assertThat(answer.json().path("draining").asBoolean()).isTrue();
			assertThat(answer.json().path("ready").asBoolean()).isFalse();
			assertThat(Integer.parseInt(ben.expectError("draining", 4014).header("retry-after"))).isPositive();
			StompFrame again = ann.expect("MESSAGE");
			assertThat(again.header("redelivered")).isEqualTo("true");
			assertThat(one.bean(MeterRegistry.class).get("usher.claims.adopted").functionCounter().count()).isOne();
			Await.until(() -> log.lines()
				.stream()
				.anyMatch((line) -> line.startsWith("usher.audit node success who=\"root\"")
						&& line.contains("what=\"drain other " + id(other) + "\"")));
		}
		awaitOther((node) -> node.path("draining").asBoolean() && !node.path("ready").asBoolean()
				&& node.path("connections").asInt() == 0);
		assertDrained(other);
		// Asked again, nothing changes.
		assertThat(drain(one, id(other)).status()).isEqualTo(202);
		assertThat(drain(other, id(other)).status()).isEqualTo(202);
		assertDrained(other);
		one.connect("ann").close();
	}

	private static void assertDrained(TestGateway node) {
		assertThat(call(node, "GET", "/actuator/health/readiness", null).status()).isEqualTo(503);
		assertThat(call(node, "GET", "/actuator/health/liveness", null).status()).isEqualTo(200);
		RawWebSocket refused = RawWebSocket.open(node.port(), "/ws", Map.of());
		assertThat(refused.handshake().status()).isEqualTo(503);
		assertThat(refused.handshake().body()).contains("\"code\":\"draining\"");
		refused.close();
		assertThat(call(node, "GET", "/auth/me", node.token("ann")).status()).isEqualTo(200);
	}

	@Test
	@Order(8)
	void drainWhenTheNodeIsAloneOnItsDatabaseThenWorksForItself() {
		try (TestGateway alone = TestGateway.start("usher.issuers[0].roles=user,service,admin");
				StompClient ann = alone.connect("ann")) {
			Answer listed = call(alone, "GET", "/admin/nodes", admin(alone));
			assertThat(listed.json()).hasSize(1);
			JsonNode self = listed.json().path(0);
			assertThat(self.path("id").asString()).isEqualTo(id(alone));
			assertThat(self.path("bus").asString()).isEqualTo("none");
			assertThat(self.path("ready").asBoolean()).isTrue();
			assertThat(self.path("connections").asInt()).isOne();
			assertThat(drain(alone, "another").code()).isEqualTo("not_found");
			assertThat(drain(alone, id(alone)).json().path("draining").asBoolean()).isTrue();
			ann.expectError("draining", 4014);
			assertDrained(alone);
			assertThat(drain(alone, id(alone)).status()).isEqualTo(202);
		}
	}

}
