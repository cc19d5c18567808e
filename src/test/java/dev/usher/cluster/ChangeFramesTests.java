package dev.usher.cluster;

import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two gateways on one PostgreSQL and one Redis that poll every ten seconds only: what
 * ends sooner ends because the bus says that there is something to read.
 */
class ChangeFramesTests {

	/** Of as many ends by polls alone, one after the other, in seconds. */
	private static final int LESS_THAN_BY_POLLS = 25;

	private static RedisServer redis;

	private static HttpNode a;

	private static HttpNode b;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		String database = Postgres.newMigratedDatabase();
		a = node(database);
		b = node(database);
		b.clock().set(a.clock().instant());
		Await.within(20, () -> a.bean(Bus.class).works() && b.bean(Bus.class).works());
	}

	private static HttpNode node(String database) {
		return HttpNode.start(Store.EMBEDDED,
				redis.properties("spring.datasource.url=" + database, "usher.cluster.poll=10s",
						"usher.cluster.blind-after=20s", "usher.drain=0s",
						"usher.token.key=" + Base64.getEncoder().encodeToString(new byte[32]),
						"usher.access[0].destination=/topic/**", "usher.access[0].publish=*"));
	}

	@AfterAll
	static void stop() {
		b.close();
		a.close();
		redis.close();
	}

	private static Answer login(String user) {
		if (a.login(user).status() != 200) {
			a.makeUser(user, "user");
		}
		return a.login(user);
	}

	/** Connects there and waits until the node can be told of the user. */
	private static StompClient connectToB(String user, Answer login) {
		StompClient client = StompClient.connect(b.port(), login.text("access_token"));
		Await.within(20, () -> b.bean(Bus.class).confirmed(BusChannel.user(user)).join() == Reach.CLUSTER);
		return client;
	}

	@Test
	void socketsWhenWhatTheyLiveByEndsOnTheOtherNodeThenCloseBeforeTheNextPoll() {
		String admin = a.admin();
		Answer logout = login("logout");
		Answer disabled = login("disabled");
		Answer revoked = login("revoked");
		Answer token = login("token");
		Answer password = login("password");
		Answer another = a.login("password");
		long begin = System.nanoTime();
		ends(logout, "logout", "POST", "/auth/logout", logout.text("access_token"), null);
		ends(disabled, "disabled", "PATCH", "/admin/accounts/disabled", admin, Map.of("disabled", true));
		ends(revoked, "revoked", "POST", "/admin/revocations", admin, Map.of("username", "revoked"));
		ends(token, "token", "POST", "/admin/revocations", admin,
				Map.of("token_id", claim(token.text("access_token"), "jti")));
		ends(password, "password", "POST", "/auth/password", another.text("access_token"),
				Map.of("current_password", HttpNode.PASSWORD, "new_password", "another horse battery"));
		assertThat((System.nanoTime() - begin) / 1_000_000_000).isLessThan(LESS_THAN_BY_POLLS);
	}

	private static void ends(Answer login, String user, String method, String path, String token, Object body) {
		try (StompClient client = connectToB(user, login)) {
			Answer answer = a.call(method, path, token, body);
			assertThat(answer.status()).as(answer.toString()).isBetween(200, 299);
			client.expectError("revoked", 4503);
			assertThat(b.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		}
	}

	private static String claim(String token, String name) {
		String json = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
		return new JsonMapper().readTree(json).path(name).asString();
	}

	@Test
	void entriesWhenNothingIsInTheDatabaseThenEndNothing() {
		Answer login = login("lives");
		String session = login.text("session_id");
		Bus bus = a.bean(Bus.class);
		try (StompClient client = connectToB("lives", login)) {
			for (byte[] entry : List.of(new byte[0], session.getBytes(), "USER lives".getBytes())) {
				for (BusChannel to : List.of(BusChannel.user("lives"), BusChannel.CONTROL)) {
					Await.within(20, () -> bus.send(to, EntryKind.REVOCATION, entry).join() == Reach.CLUSTER);
				}
			}
			// What is said in the order of a channel has arrived when this has.
			Answer other = a.login("lives");
			try (StompClient ended = connectToB("lives", other)) {
				a.call("POST", "/auth/logout", other.text("access_token"), null);
				ended.expectError("revoked", 4503);
			}
			client.expectNothing();
			assertThat(b.get("/auth/me", login.text("access_token")).status()).isEqualTo(200);
		}
	}

}
