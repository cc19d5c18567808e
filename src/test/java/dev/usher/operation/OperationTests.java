package dev.usher.operation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.LogReader;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** What operators and administrators see and do, over real HTTP, on every database. */
@ParameterizedClass
@EnumSource(Store.class)
class OperationTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static HttpNode node;

	private static String admin;

	private static String operator;

	private static String alice;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.access[0].destination=/queue/**", "usher.access[0].subscribe=user",
				"usher.access[0].publish=user", "usher.access[1].destination=/topic/staff/*",
				"usher.access[1].subscribe=staff", "usher.access[2].destination=/user/*/queue/**",
				"usher.access[2].publish=*", "usher.access[3].destination=/topic/open/**",
				"usher.access[3].subscribe=*", "usher.inbox.max-deliveries=1", "usher.issuers[0].issuer=partner",
				"usher.issuers[0].audience=gateway", "usher.issuers[0].secret=" + SECRET);
		admin = node.admin();
		node.makeUser("olga", "operator");
		node.makeUser("alice", "user");
		operator = node.login("olga").text("access_token");
		alice = node.login("alice").text("access_token");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	OperationTests(Store store) {
		assertThat(store).isNotNull();
	}

	/** Those of the test before may still be closing. */
	@BeforeEach
	void awaitNobody() {
		Await.until(() -> get("/admin/connections").path("connections").isEmpty());
	}

	private static JsonNode get(String path) {
		Answer answer = node.get(path, operator);
		assertThat(answer.status()).as(path + " " + answer).isEqualTo(200);
		return answer.json();
	}

	private static StompClient connect(String token) {
		return StompClient.connect(node.port(), token);
	}

	private static List<String> texts(JsonNode list, String member) {
		List<String> texts = new ArrayList<>();
		list.forEach((each) -> texts.add(each.path(member).asString()));
		return texts;
	}

	@Test
	void callsWhenTheCallerHasNoSuchRoleThenAreForbidden() {
		for (String path : List.of("connections", "sessions?username=alice", "logs", "logs/1/messages",
				"logs/1/readers", "topics", "stats", "nodes", "accounts", "clients")) {
			assertThat(node.get("/admin/" + path, alice).code()).as(path).isEqualTo("forbidden");
			assertThat(node.get("/admin/" + path, null).code()).as(path).isEqualTo("unauthorized");
		}
		assertThat(explain(alice, "alice", "subscribe", "/topic/x").code()).isEqualTo("forbidden");
		assertThat(node.call("POST", "/admin/logs/1/redrive", alice, Map.of()).code()).isEqualTo("forbidden");
		try (StompClient other = connect(admin)) {
			String id = get("/admin/connections?username=admin").path("connections").path(0).path("id").asString();
			assertThat(node.call("DELETE", "/admin/connections/" + id, alice, null).code()).isEqualTo("forbidden");
			other.sendAndWait("SEND", "destination:/app/ping");
		}
	}

	/** To ask for the headers alone is to read. */
	@Test
	void headWhenAnOperatorMayGetThenTheyMayHeadToo() {
		for (String path : List.of("connections", "sessions?username=alice", "logs", "topics", "stats", "nodes",
				"accounts", "clients")) {
			assertThat(node.call("HEAD", "/admin/" + path, operator, null).status()).as(path).isEqualTo(200);
			assertThat(node.call("HEAD", "/admin/" + path, alice, null).status()).as(path).isEqualTo(403);
		}
		assertThat(node.call("HEAD", "/admin/logs/1/messages?bodies=true", operator, null).status()).isEqualTo(403);
		assertThat(node.call("HEAD", "/admin/explain", operator, null).status()).isEqualTo(403);
	}

	@Test
	void operatorWhenTheyWouldChangeWhatIsForAdministratorsThenIsForbidden() {
		assertThat(get("/admin/accounts").size()).isPositive();
		assertThat(get("/admin/clients").isArray()).isTrue();
		assertThat(get("/admin/nodes").size()).isEqualTo(1);
		assertThat(node
			.call("POST", "/admin/accounts", operator,
					Map.of("username", "mine", "password", HttpNode.PASSWORD, "roles", List.of("admin")))
			.code()).isEqualTo("forbidden");
		assertThat(node.call("PATCH", "/admin/accounts/olga", operator, Map.of("roles", List.of("admin"))).code())
			.isEqualTo("forbidden");
		assertThat(node.call("POST", "/admin/revocations", operator, Map.of("username", "alice")).code())
			.isEqualTo("forbidden");
		assertThat(node.call("POST", "/admin/logs/1/redrive", operator, Map.of()).code()).isEqualTo("forbidden");
		assertThat(node.get("/admin/logs/1/messages?bodies=true", operator).code()).isEqualTo("forbidden");
	}

	@Test
	void operatorWhenTheRoleIsTakenAwayThenIsNoneAtOnce() {
		node.makeUser("former", "operator");
		String token = node.login("former").text("access_token");
		assertThat(node.get("/admin/stats", token).status()).isEqualTo(200);
		node.call("PATCH", "/admin/accounts/former", admin, Map.of("roles", List.of("user")));
		assertThat(node.get("/admin/stats", token).code()).isEqualTo("forbidden");
	}

	@Test
	void connectionsWhenListedThenEachIsThereOnceHoweverSmallThePages() {
		try (StompClient one = connect(alice); StompClient two = connect(alice); StompClient three = connect(admin)) {
			one.subscribe("s", "/topic/open/a");
			Set<String> seen = new LinkedHashSet<>();
			String after = "";
			do {
				JsonNode page = get("/admin/connections?limit=1&after=" + after);
				assertThat(page.path("complete").asBoolean()).isTrue();
				page.path("connections").forEach((each) -> assertThat(seen.add(each.path("id").asString())).isTrue());
				after = page.path("next").asString("");
			}
			while (!after.isEmpty());
			assertThat(List.copyOf(seen)).hasSize(3).isSorted();
			JsonNode hers = get("/admin/connections?username=alice").path("connections");
			assertThat(hers.size()).isEqualTo(2);
			assertThat(texts(hers, "address")).containsOnly("127.0.0.1");
			assertThat(texts(hers, "version")).containsOnly("1.2");
			List<String> since = texts(hers, "since");
			node.clock().advance(Duration.ofMillis(17));
			assertThat(texts(get("/admin/connections?username=alice").path("connections"), "since")).isEqualTo(since);
			assertThat(hers.path(0).path("subscriptions").asInt() + hers.path(1).path("subscriptions").asInt())
				.isEqualTo(1);
			String session = hers.path(0).path("session_id").asString();
			assertThat(get("/admin/connections?session=" + session).path("connections").size()).isEqualTo(2);
			assertThat(get("/admin/connections?address=127.0.0.1&username=admin").path("connections").size())
				.isEqualTo(1);
			assertThat(get("/admin/connections?username=ALICE").path("connections").size()).isEqualTo(2);
			assertThat(get("/admin/connections?address=192.0.2.1").path("connections").size()).isZero();
			assertThat(get("/admin/connections?session=" + session + "&username=admin").path("connections").size())
				.isZero();
			assertThat(get("/admin/connections?node=none").path("connections").size()).isZero();
		}
		Await.until(() -> get("/admin/connections").path("connections").size() == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "limit=0", "limit=501", "limit=99999999999", "limit=x", "after=x", "after=a.b.c",
			"after=..%2F", "after=a.%00", "address=alice", "address=127.0.0.1:80", "username=", "username=a%00b",
			"session=%0A", "username=alice&username=bob", "limit=1&limit=2" })
	void connectionsWhenAParameterIsNoneThenItIsNamed(String query) {
		Answer answer = node.get("/admin/connections?" + query, operator);
		assertThat(answer.code()).isEqualTo("bad_request");
		assertThat(answer.text("detail")).contains("\"" + query.substring(0, query.indexOf('=')) + "\"");
	}

	@Test
	void queryWhenItIsNoUtf8ThenThatIsSaid() {
		for (String path : List.of("connections?username=%ED%A0%80", "logs?after=%FF", "topics?prefix=%C0%AF")) {
			assertThat(node.get("/admin/" + path, operator).code()).as(path).isEqualTo("bad_request");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "username=alice'%20OR%20'1'='1", "username=%25", "username=%2A", "session=%25",
			"node=x'--", "after=0.0&username=nobody" })
	void connectionsWhenTheSearchIsAnAttackThenItIsATextLikeAnyOther(String query) {
		try (StompClient one = connect(alice)) {
			one.subscribe("s", "/topic/open/a");
			assertThat(get("/admin/connections?" + query).path("connections").size()).isZero();
		}
	}

	@Test
	void connectionWhenEndedThenItsClientIsToldAndMayComeBack() {
		try (LogReader log = new LogReader(); StompClient client = connect(alice)) {
			String id = get("/admin/connections?username=alice").path("connections").path(0).path("id").asString();
			assertThat(node.call("DELETE", "/admin/connections/" + id, operator, null).status()).isEqualTo(204);
			StompFrame error = client.expectError("ended", 4021);
			assertThat(error.header("retry")).isEqualTo("reconnect");
			assertAudited(log, "connection", "end " + id);
			client.answerClose();
			Await.until(() -> node.call("DELETE", "/admin/connections/" + id, operator, null).status() == 404);
		}
		connect(alice).close();
		for (String id : List.of("x", "..", "a%20b", "a'--", "5d0f3c1e-8a43-4f5e-9d0c-0d4f7f6a2b11")) {
			assertThat(node.call("DELETE", "/admin/connections/" + id, operator, null).status()).as(id)
				.isIn(400, 403, 404);
		}
	}

	@Test
	void sessionsWhenListedThenThoseOfTheUserAreThereInAnyCase() {
		JsonNode sessions = get("/admin/sessions?username=ALICE");
		assertThat(texts(sessions, "username")).containsOnly("alice");
		assertThat(sessions.path(0).propertyNames()).contains("session_id", "device", "ip", "created_at",
				"last_seen_at", "expires_at", "connections");
		assertThat(get("/admin/sessions?username=nobody").size()).isZero();
		assertThat(node.get("/admin/sessions", operator).text("detail")).contains("\"username\"");
		assertThat(node.get("/admin/sessions?username=a%00", operator).code()).isEqualTo("bad_request");
	}

	@Test
	void nameWhenItIsAnAccountsInAnotherCaseThenWhoeverCameFromElsewhereIsMeant() {
		publish("/user/alice/queue/spelt", 1, 1);
		assertThat(texts(get("/admin/logs?username=ALICE"), "destination")).contains("/user/alice/queue/spelt");
		assertThat(texts(get("/admin/logs?destination=/user/ALICE/queue/spelt"), "destination"))
			.containsExactly("/user/alice/queue/spelt");
		try (StompClient account = connect(alice);
				StompClient foreign = connect(foreign("AlicE", List.of("/topic/vip")))) {
			foreign.subscribe("s", "/topic/vip");
			assertThat(texts(get("/admin/connections?username=AlicE").path("connections"), "issuer"))
				.containsExactly("partner");
			assertThat(texts(get("/admin/connections?username=ALICE").path("connections"), "username"))
				.containsOnly("alice");
			assertThat(explain("AlicE", "subscribe", "/topic/vip").path("allowed").asBoolean()).isTrue();
			assertThat(explain("alice", "subscribe", "/topic/vip").path("allowed").asBoolean()).isFalse();
			assertThat(get("/admin/sessions?username=AlicE").size()).isZero();
			assertThat(get("/admin/logs?username=AlicE").size()).isZero();
			account.sendAndWait("SEND", "destination:/app/ping");
		}
	}

	@Test
	void explainWhenAUserHasSeveralConnectionsThenTheYoungestDecides() {
		try (StompClient older = connect(foreign("twice", List.of("/topic/vip")))) {
			assertThat(explain("twice", "subscribe", "/topic/vip").path("allowed").asBoolean()).isTrue();
			// At the same instant by the clock.
			try (StompClient younger = connect(foreign("twice", List.of()))) {
				assertThat(explain("twice", "subscribe", "/topic/vip").path("allowed").asBoolean()).isFalse();
				younger.sendAndWait("SEND", "destination:/app/ping");
			}
			older.sendAndWait("SEND", "destination:/app/ping");
		}
	}

	private static String foreign(String name, List<String> subscribe) {
		return TestTokens.valid("partner", "gateway", node.clock())
			.claim("sub", name)
			.claim("subscribe", subscribe)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void topicsWhenListedThenThosePrefixedHaveTheirSubscribers() {
		try (StompClient one = connect(alice); StompClient two = connect(admin)) {
			one.subscribe("1", "/topic/open/a").subscribe("2", "/topic/open/b").subscribe("3", "/user/topic/mine");
			two.subscribe("1", "/topic/open/a");
			JsonNode topics = get("/admin/topics?prefix=/topic/open/");
			assertThat(texts(topics, "destination")).containsExactly("/topic/open/a", "/topic/open/b");
			assertThat(topics.path(0).path("subscribers").asInt()).isEqualTo(2);
			assertThat(texts(get("/admin/topics?limit=1&after=/topic/open/a"), "destination"))
				.containsExactly("/topic/open/b");
			assertThat(texts(get("/admin/topics?prefix=/user/alice/"), "destination"))
				.containsExactly("/user/alice/topic/mine");
			assertThat(get("/admin/topics?prefix=/user/*").size()).isZero();
			for (String prefix : List.of("/topic/*", "/topic/**", "topic", "/topic/%25", "/topic/%00")) {
				assertThat(node.get("/admin/topics?prefix=" + prefix, operator).code()).as(prefix)
					.isEqualTo("bad_request");
			}
			JsonNode stats = get("/admin/stats");
			assertThat(stats.path("connections").asInt()).isGreaterThanOrEqualTo(2);
			assertThat(stats.path("subscriptions").asInt()).isGreaterThanOrEqualTo(4);
			assertThat(texts(stats.path("events"), "event")).contains("login", "connect");
		}
	}

	/** What a console draws as so many a second. */
	@Test
	void statsWhenAMessageIsDeliveredThenCountItInOnceAndOutForEachConnection() {
		try (StompClient one = connect(alice); StompClient two = connect(alice)) {
			one.subscribe("1", "/user/queue/counted");
			two.subscribe("1", "/user/queue/counted");
			JsonNode before = get("/admin/stats");
			publish("/user/alice/queue/counted", 1, 1);
			one.expect("MESSAGE");
			two.expect("MESSAGE");
			Await.until(() -> grown(before, "messages_out") == 2);
			assertThat(grown(before, "messages_in")).isEqualTo(1);
		}
	}

	private static long grown(JsonNode before, String member) {
		return get("/admin/stats").path(member).asLong() - before.path(member).asLong(Long.MIN_VALUE);
	}

	/** What changes something, and each look at bodies, is written down. */
	private static void assertAudited(LogReader log, String event, String what) {
		Await.until(() -> log.lines()
			.stream()
			.anyMatch((line) -> line.startsWith("usher.audit " + event + " success who=")
					&& line.contains("what=\"" + what + "\"")));
	}

	private static long log(String destination) {
		JsonNode logs = get("/admin/logs?destination=" + destination);
		assertThat(logs.size()).as(destination).isEqualTo(1);
		return logs.path(0).path("id").asLong();
	}

	private static void publish(String to, int from, int through) {
		for (int i = from; i <= through; i++) {
			assertThat(node.call("POST", "/api/messages", alice, Map.of("to", to, "body", "m" + i)).status())
				.isEqualTo(200);
		}
	}

	@Test
	void logsWhenListedThenTheirMessagesShowEverythingButBodies() {
		publish("/queue/listed", 1, 3);
		publish("/user/alice/queue/listed", 1, 1);
		assertThat(texts(get("/admin/logs?limit=500"), "destination")).contains("/queue/listed").isSorted();
		assertThat(texts(get("/admin/logs?username=alice"), "destination")).contains("/user/alice/queue/listed")
			.doesNotContain("/queue/listed");
		assertThat(get("/admin/logs?username=al%25").size()).isZero();
		long id = log("/queue/listed");
		JsonNode log = get("/admin/logs?destination=/queue/listed").path(0);
		assertThat(log.path("head").asInt()).isEqualTo(3);
		assertThat(log.path("oldest").asInt()).isEqualTo(1);
		JsonNode messages = get("/admin/logs/" + id + "/messages?after=1");
		assertThat(texts(messages, "offset")).containsExactly("2", "3");
		assertThat(messages.path(0).path("headers").path("sender").asString()).isEqualTo("alice");
		assertThat(messages.path(0).path("size").asInt()).isEqualTo(2);
		assertThat(messages.path(0).has("body")).isFalse();
		assertThat(node.get("/admin/logs/" + id + "/messages?bodies=true", operator).code()).isEqualTo("forbidden");
		try (LogReader lines = new LogReader()) {
			JsonNode bodies = node.get("/admin/logs/" + id + "/messages?bodies=true&limit=2", admin).json();
			assertThat(texts(bodies, "body")).containsExactly("m1", "m2");
			assertAudited(lines, "log", "bodies of /queue/listed behind 0");
		}
		assertThat(node.get("/admin/logs/999999/messages", operator).code()).isEqualTo("not_found");
		for (String query : List.of("logs/x/messages", "logs/1/messages?after=-1", "logs/1/readers?limit=501",
				"logs?destination=/topic/x", "logs?destination=/queue/*", "logs?after=%00", "logs?limit=-1")) {
			assertThat(node.get("/admin/" + query, operator).code()).as(query).isEqualTo("bad_request");
		}
	}

	@Test
	void readersWhenListedThenTheyShowWhereTheyAreAndWhatTheyHave() {
		publish("/queue/read", 1, 5);
		try (StompClient client = connect(alice)) {
			client.subscribe("s", "/queue/read", "ack:client-individual", "in-flight:2");
			StompFrame first = client.expect("MESSAGE");
			client.expect("MESSAGE");
			client.send("ACK", "id:" + first.header("ack"));
			client.expect("MESSAGE");
			long id = log("/queue/read");
			Await.until(() -> {
				JsonNode reader = get("/admin/logs/" + id + "/readers").path(0);
				return reader.path("position").asInt() == 1 && reader.path("claims").asInt() == 2;
			});
			JsonNode reader = get("/admin/logs/" + id + "/readers").path(0);
			assertThat(reader.path("shared").asBoolean()).isTrue();
			assertThat(reader.path("lag").asInt()).isEqualTo(4);
			assertThat(reader.path("next").asInt()).isEqualTo(3);
			assertThat(get("/admin/logs/" + id + "/readers?after=").size()).isZero();
		}
	}

	@Test
	void deadLettersWhenRedrivenThenAreBackOnceAndGoneFromHere() {
		publish("/queue/sick", 1, 3);
		try (StompClient client = connect(alice)) {
			client.subscribe("s", "/queue/sick", "ack:client-individual");
			for (int i = 0; i < 3; i++) {
				client.send("NACK", "id:" + client.expect("MESSAGE").header("ack"));
			}
			Await.until(() -> get("/admin/logs?destination=/queue/sick.dead").path(0).path("head").asInt() == 3);
		}
		publish("/queue/sick.dead", 4, 4);
		long dead = log("/queue/sick.dead");
		assertThat(redrive(log("/queue/sick"), Map.of()).code()).isEqualTo("bad_request");
		JsonNode one = redrive(dead, Map.of("offsets", List.of(2, 2, 99))).json();
		assertThat(one.path("redriven").asInt()).isEqualTo(1);
		assertThat(one.path("missing").asInt()).isEqualTo(1);
		assertThat(one.path("unread").asInt(-1)).isZero();
		JsonNode rest;
		try (LogReader lines = new LogReader()) {
			rest = redrive(dead, Map.of("limit", 1000)).json();
			assertAudited(lines, "log", "redrive 2 of /queue/sick.dead");
		}
		assertThat(rest.path("redriven").asInt()).isEqualTo(2);
		assertThat(rest.path("skipped").asInt()).isEqualTo(1);
		assertThat(rest.path("last").asInt()).isEqualTo(4);
		assertThat(redrive(dead, Map.of("after", 4)).json().path("redriven").asInt()).isZero();
		assertThat(texts(get("/admin/logs/" + dead + "/messages"), "offset")).containsExactly("4");
		JsonNode back = node.get("/admin/logs/" + log("/queue/sick") + "/messages?after=3&bodies=true", admin).json();
		assertThat(texts(back, "body")).containsExactly("m2", "m1", "m3");
		assertThat(back.path(0).path("headers").toString()).isEqualTo("{\"sender\":\"alice\"}");
		for (Map<String, ?> bad : List.of(Map.of("limit", 0), Map.of("limit", 1001), Map.of("offsets", List.of()),
				Map.of("offsets", List.of(0)), Map.of("offsets", List.of(1), "limit", 1), Map.of("after", -1),
				Map.of("limit", 1.5), Map.of("after", 0.5), Map.of("offsets", List.of(1.9)),
				Map.of("offsets", List.of(1e30)), Map.of("destination", "/queue/sick"))) {
			assertThat(redrive(dead, bad).code()).as(bad.toString()).isEqualTo("bad_request");
		}
		assertThat(redrive(999_999, Map.of()).code()).isEqualTo("not_found");
	}

	@Test
	void deadLettersWhenTheyAreBackAndCannotBeRemovedThenThatIsAnsweredAndAudited() {
		publish("/queue/held", 1, 1);
		try (StompClient client = connect(alice)) {
			client.subscribe("s", "/queue/held", "ack:client-individual");
			client.send("NACK", "id:" + client.expect("MESSAGE").header("ack"));
			Await.until(() -> get("/admin/logs?destination=/queue/held.dead").path(0).path("head").asInt() == 1);
		}
		long dead = log("/queue/held.dead");
		JdbcTemplate database = node.bean(JdbcTemplate.class);
		database.execute("CREATE TABLE held (log_id BIGINT, log_offset BIGINT, "
				+ "FOREIGN KEY (log_id, log_offset) REFERENCES inbox_messages (log_id, log_offset))");
		database.update("INSERT INTO held VALUES (?, 1)", dead);
		try (LogReader lines = new LogReader()) {
			JsonNode held = redrive(dead, Map.of()).json();
			assertThat(held.path("redriven").asInt()).isEqualTo(1);
			assertThat(held.path("error").asString()).isEqualTo("storage_unavailable");
			assertAudited(lines, "log", "redrive 1 of /queue/held.dead");
		}
		finally {
			database.execute("DROP TABLE held");
		}
		assertThat(redrive(dead, Map.of()).json().path("repeated").asInt()).isEqualTo(1);
	}

	private static Answer redrive(long log, Map<String, ?> body) {
		return node.call("POST", "/admin/logs/" + log + "/redrive", admin, body);
	}

	private static Answer explain(String token, String username, String action, String destination) {
		return node.call("POST", "/admin/explain", token,
				Map.of("username", username, "action", action, "destination", destination));
	}

	private static JsonNode explain(String username, String action, String destination) {
		Answer answer = explain(operator, username, action, destination);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		return answer.json();
	}

	@Test
	void explainWhenSomebodyIsDeniedThenTheRuleThatLacksARoleIsNamed() {
		JsonNode denied = explain("Alice", "subscribe", "/topic/staff/x");
		assertThat(denied.path("allowed").asBoolean()).isFalse();
		assertThat(denied.path("code").asString()).isEqualTo("forbidden");
		assertThat(denied.path("basis").asString()).isEqualTo("account");
		assertThat(denied.path("sentence").asString()).isEqualTo("alice may not subscribe to /topic/staff/x: "
				+ "usher.access[1] would allow it to the role staff, which they do not have.");
		assertThat(texts(denied.path("considered"), "why")).containsExactly("pattern", "role", "pattern", "pattern");
		assertThat(explain("alice", "subscribe", "/topic/x").path("sentence").asString())
			.isEqualTo("alice may not subscribe to /topic/x: no pattern of a rule or a claim for this action matches.");
		JsonNode role = explain("olga", "publish", "/queue/orders");
		assertThat(role.path("sentence").asString()).isEqualTo("olga may not publish to /queue/orders: "
				+ "usher.access[0] would allow it to the role user, which they do not have.");
		JsonNode allowed = explain("alice", "publish", "/queue/orders");
		assertThat(allowed.path("allowed").asBoolean()).isTrue();
		assertThat(allowed.path("matched").toString())
			.isEqualTo("{\"source\":\"usher.access[0]\",\"pattern\":\"/queue/**\"}");
		assertThat(explain("alice", "publish", "/user/OLGA/queue/a").path("destination").asString())
			.isEqualTo("/user/olga/queue/a");
	}

	@Test
	void explainWhenNothingCouldAllowItThenThatIsSaid() {
		Map<String, String> codes = new HashMap<>(Map.of("/user/olga/queue/a", "forbidden", "/topic/*", "bad_frame",
				"/topic/usher.x", "forbidden", "", "bad_frame", "/topic/../queue/a", "bad_frame"));
		codes.forEach((destination, code) -> {
			JsonNode answer = explain("alice", "subscribe", destination);
			assertThat(answer.path("allowed").asBoolean()).as(destination).isFalse();
			assertThat(answer.path("code").asString()).as(destination).isEqualTo(code);
		});
		assertThat(explain("alice", "subscribe", "/user/queue/a").path("sentence").asString()).endsWith("their own.");
		assertThat(explain(operator, "nobody", "subscribe", "/topic/x").code()).isEqualTo("unknown_user");
		node.makeUser("shut", "user");
		node.call("PATCH", "/admin/accounts/shut", admin, Map.of("disabled", true));
		assertThat(explain("shut", "publish", "/queue/a").path("code").asString()).isEqualTo("unauthorized");
	}

	@Test
	void explainWhenATokenIsGivenThenItIsTheTokenThatIsExplained() {
		Answer answer = node.call("POST", "/admin/explain", operator,
				Map.of("token", alice, "action", "publish", "destination", "/queue/a"));
		assertThat(answer.json().path("allowed").asBoolean()).isTrue();
		assertThat(answer.json().path("basis").asString()).isEqualTo("token");
		JsonNode bad = node
			.call("POST", "/admin/explain", operator,
					Map.of("token", alice + "x", "action", "publish", "destination", "/queue/a"))
			.json();
		assertThat(bad.path("allowed").asBoolean()).isFalse();
		assertThat(bad.path("code").asString()).isEqualTo("unauthorized");
		for (Map<String, ?> body : List.of(Map.of("action", "subscribe", "destination", "/topic/a"),
				Map.of("username", "alice", "token", "x", "action", "subscribe", "destination", "/topic/a"),
				Map.of("username", "alice", "action", "read", "destination", "/topic/a"),
				Map.of("username", "a\0", "action", "publish", "destination", "/topic/a"),
				Map.of("username", "alice", "action", "publish"), Map.of("username", "alice", "x", 1))) {
			assertThat(node.call("POST", "/admin/explain", operator, body).code()).as(body.toString())
				.isEqualTo("bad_request");
		}
	}

	/** The gateway's own commands: SEND alone is theirs, and everybody's. */
	@Test
	void explainWhenItIsACommandOfTheGatewayThenItSaysWhatHappens() {
		for (String command : List.of("/app/ping", "/app/auth")) {
			JsonNode send = explain("alice", "publish", command);
			assertThat(send.path("allowed").asBoolean()).as(command).isTrue();
			assertThat(send.path("sentence").asString()).contains("command of the gateway");
			JsonNode subscribe = explain("alice", "subscribe", command);
			assertThat(subscribe.path("allowed").asBoolean()).as(command).isFalse();
			assertThat(subscribe.path("sentence").asString()).contains("command of the gateway");
			try (StompClient client = connect(alice)) {
				client.sendAndWait("SEND", "destination:" + command, "Authorization:Bearer " + alice);
				client.send("SUBSCRIBE", "id:s", "destination:" + command, "receipt:r");
				assertThat(client.read().header("code")).as(command).isEqualTo(subscribe.path("code").asString());
			}
		}
	}

	@Test
	void explainWhenATokenIsBadThenNothingIsCounted() {
		String before = verifications();
		node.call("POST", "/admin/explain", operator,
				Map.of("token", alice + "x", "action", "publish", "destination", "/queue/a"));
		assertThat(verifications()).isEqualTo(before);
	}

	/** Those that came to something bad, by issuer and result. */
	private static String verifications() {
		return node.bean(MeterRegistry.class)
			.find("usher.tokens.verified")
			.functionCounters()
			.stream()
			.filter((counter) -> !"good".equals(counter.getId().getTag("result")))
			.map((counter) -> counter.getId().getTags() + "=" + counter.count())
			.sorted()
			.toList()
			.toString();
	}

	/** What is explained is what happens to frames, for whoever is connected. */
	@Test
	void explainWhenHeldAgainstRealSubscriptionsThenItSaysWhatHappens() {
		for (String destination : List.of("/topic/staff/x", "/topic/open/a", "/topic/open", "/queue/a", "/topic/x*",
				"/user/olga/topic/a", "/user/topic/a", "/topic/usher.a", "/app/nothing")) {
			boolean explained = explain("alice", "subscribe", destination).path("allowed").asBoolean();
			if (destination.startsWith("/app/")) {
				assertThat(explained).isTrue();
				continue;
			}
			try (StompClient client = connect(alice)) {
				client.send("SUBSCRIBE", "id:s", "destination:" + destination, "receipt:r");
				assertThat(client.read().command().equals("RECEIPT")).as(destination).isEqualTo(explained);
			}
		}
	}

}
