package dev.usher.passkey;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.SoftwareAuthenticator;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Each request of a ceremony may come to another node, and counts once on all. */
class PasskeyNodesTests {

	private static final String ORIGIN = PasskeyUser.ORIGIN;

	private static RedisServer redis;

	private static HttpNode one;

	private static HttpNode other;

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		String database = Postgres.newDatabase();
		one = node("one", database);
		other = node("other", database);
	}

	private static HttpNode node(String name, String database) {
		return HttpNode.start(Store.EMBEDDED,
				redis.properties("spring.datasource.url=" + database, "usher.cluster.node=" + name, "usher.drain=0s",
						"usher.token.key=" + Base64.getEncoder().encodeToString(new byte[32]),
						"usher.webauthn.rp-id=example.org", "usher.webauthn.origins=" + ORIGIN));
	}

	@AfterAll
	static void stop() {
		other.close();
		one.close();
		redis.close();
	}

	@Test
	void ceremoniesWhenTheirHalvesComeToTwoNodesThenSucceed() {
		one.makeUser("ann", "user");
		String token = one.login("ann").text("access_token");
		SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
		JsonNode options = PasskeyUser.registrationOptions(one, token);
		assertThat(PasskeyUser.finish(other, token, authenticator.create(options, ORIGIN)).status()).isEqualTo(201);
		JsonNode login = PasskeyUser.loginOptions(other);
		Answer answer = PasskeyUser.show(one, authenticator.sign(login, ORIGIN));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(other.get("/auth/me", answer.text("access_token")).text("username")).isEqualTo("ann");
	}

	@Test
	void assertionWhenReplayedOnAnotherNodeThenRefused() {
		one.makeUser("bob");
		PasskeyUser bob = PasskeyUser.withPasskey(one, "bob", new SoftwareAuthenticator().withoutCounter());
		Map<String, Object> assertion = bob.authenticator().sign(PasskeyUser.loginOptions(one), ORIGIN);
		assertThat(PasskeyUser.show(one, assertion).status()).isEqualTo(200);
		assertThat(PasskeyUser.show(other, assertion).code()).isEqualTo("bad_credentials");
	}

	@Test
	void assertionWhenManyRaceWithItOnBothNodesThenOneGetsIn() {
		one.makeUser("cid");
		PasskeyUser cid = PasskeyUser.withPasskey(one, "cid", new SoftwareAuthenticator().withoutCounter());
		cid.login(one);
		cid.login(other);
		Map<String, Object> assertion = cid.authenticator().sign(PasskeyUser.loginOptions(one), ORIGIN);
		List<CompletableFuture<Answer>> answers = IntStream.range(0, 10)
			.mapToObj(
					(i) -> CompletableFuture.supplyAsync(() -> PasskeyUser.show((i % 2 == 0) ? one : other, assertion)))
			.toList();
		assertThat(answers.stream().map(CompletableFuture::join).filter((answer) -> answer.status() == 200)).hasSize(1);
	}

}
