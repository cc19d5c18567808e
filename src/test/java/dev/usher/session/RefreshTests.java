package dev.usher.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import dev.usher.token.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Refreshing twice: what is forgiven, and what ends the session. On every database. */
@ParameterizedClass
@EnumSource(Store.class)
class RefreshTests {

	private static final int MANY = 20;

	/** The longest that a repeat without {@code next} is forgiven. */
	private static final Duration GRACE = Duration.ofSeconds(30);

	private static final String KEY = "usher.token.key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

	private static final String BUS = "usher.cluster.bus=redis";

	/** Refreshes need none. */
	private static final String NO_REDIS = "spring.data.redis.port=1";

	/** Over PostgreSQL two nodes share the database, and calls go to both in turn. */
	private static List<HttpNode> nodes;

	private static HttpNode node;

	private static int turn;

	@Parameter
	private Store store;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		if (store == Store.POSTGRES) {
			String database = "spring.datasource.url=" + Postgres.newMigratedDatabase();
			node = HttpNode.start(Store.EMBEDDED, database, KEY, BUS, NO_REDIS);
			nodes = List.of(node, HttpNode.start(Store.EMBEDDED, database, KEY, BUS, NO_REDIS));
			nodes.get(1).clock().set(node.clock().instant());
		}
		else {
			node = HttpNode.start(store);
			nodes = List.of(node);
		}
		node.makeUser("ann", "user");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		nodes.forEach(HttpNode::close);
	}

	private static void advance(Duration by) {
		nodes.forEach((each) -> each.clock().advance(by));
	}

	private static HttpNode anyNode() {
		return nodes.get(turn++ % nodes.size());
	}

	private static Answer refresh(Answer from) {
		return anyNode().refresh(from.text("refresh_token"));
	}

	private static Answer refresh(Answer from, String next) {
		return call(anyNode(), from, next);
	}

	private static Answer call(HttpNode to, Answer from, String next) {
		return to.call("POST", "/auth/refresh", null,
				Map.of("refresh_token", from.text("refresh_token"), "next", next));
	}

	private static void assertAlive(Answer login) {
		assertThat(node.get("/auth/me", login.text("access_token")).status()).isEqualTo(200);
	}

	private static void assertEnded(Answer login) {
		if (nodes.size() == 1) {
			assertThat(node.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		}
		assertThat(node.bean(SessionTable.class).find(login.text("session_id"))).isEmpty();
	}

	private static List<Answer> atOnce(IntFunction<Answer> call) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(MANY);
		ExecutorService threads = Executors.newFixedThreadPool(MANY);
		try {
			List<Callable<Answer>> calls = new ArrayList<>();
			for (int i = 0; i < MANY; i++) {
				int number = i;
				calls.add(() -> {
					barrier.await();
					return call.apply(number);
				});
			}
			List<Answer> answers = new ArrayList<>();
			for (var future : threads.invokeAll(calls)) {
				answers.add(future.get());
			}
			return answers;
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void refreshWhenThreeNaiveTabsAskAtOnceThenAllGetTheSameAndStayLoggedIn() {
		Answer login = node.login("ann");
		Answer first = refresh(login);
		Answer second = refresh(login);
		advance(GRACE.minusMillis(1));
		Answer third = refresh(login);
		assertThat(List.of(first, second, third)).allSatisfy((answer) -> {
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("refresh_token")).isEqualTo(first.text("refresh_token"));
			assertThat(answer.text("session_id")).isEqualTo(login.text("session_id"));
			assertAlive(answer);
		});
		assertThat(first.text("refresh_token")).isNotEqualTo(login.text("refresh_token"));
		assertThat(refresh(third).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenManyRaceThenAllGetTheSameAndTheSessionGoesOn() throws Exception {
		Answer login = node.login("ann");
		List<Answer> answers = atOnce((i) -> nodes.get(i % nodes.size()).refresh(login.text("refresh_token")));
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.status()).isEqualTo(200));
		Set<String> tokens = new HashSet<>();
		answers.forEach((answer) -> tokens.add(answer.text("refresh_token")));
		assertThat(tokens).hasSize(1);
		assertThat(refresh(answers.get(0)).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenManyRaceWithTheSameNextThenAllGetIt() throws Exception {
		Answer login = node.login("ann");
		String next = Secret.create();
		List<Answer> answers = atOnce((i) -> call(nodes.get(i % nodes.size()), login, next));
		assertThat(answers).allSatisfy((answer) -> {
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("refresh_token")).endsWith("." + next);
		});
	}

	@Test
	void refreshWhenManyRaceEachWithItsOwnNextThenOneGetsItAndNothingEnds() throws Exception {
		Answer login = node.login("ann");
		List<Answer> answers = atOnce((i) -> call(nodes.get(i % nodes.size()), login, Secret.create()));
		assertThat(answers).filteredOn((answer) -> answer.status() == 200).hasSize(1);
		assertThat(answers).filteredOn((answer) -> answer.status() != 200)
			.extracting(Answer::code)
			.containsOnly("refresh_invalid");
		Answer winner = answers.stream().filter((answer) -> answer.status() == 200).findFirst().orElseThrow();
		assertThat(refresh(winner).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenSuccessorWasUsedThenTheOldTokenIsReuse() {
		Answer login = node.login("ann");
		Answer first = refresh(login);
		Answer second = refresh(first);
		assertThat(second.status()).isEqualTo(200);
		assertThat(refresh(login).code()).isEqualTo("refresh_reused");
		assertEnded(second);
		assertThat(refresh(second).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void refreshWhenTokenIsTwoGenerationsOldThenTheSessionEndsWithNextToo() {
		Answer login = node.login("ann");
		String next = Secret.create();
		Answer second = refresh(refresh(login, next), Secret.create());
		assertThat(refresh(login, next).code()).isEqualTo("refresh_reused");
		assertEnded(second);
	}

	@Test
	void refreshWhenGraceIsOverThenTheOldTokenIsReuse() {
		Answer login = node.login("ann");
		Answer first = refresh(login);
		advance(GRACE);
		assertThat(refresh(login).code()).isEqualTo("refresh_reused");
		assertEnded(first);
	}

	@Test
	void refreshWhenRepeatedWithinTheGraceThenTheGraceIsNoLonger() {
		Answer login = node.login("ann");
		refresh(login);
		advance(GRACE.minusSeconds(1));
		assertThat(refresh(login).status()).isEqualTo(200);
		advance(Duration.ofSeconds(1));
		assertThat(refresh(login).code()).isEqualTo("refresh_reused");
	}

	@Test
	void refreshWhenRepeatedWithTheSameNextThenIsAnsweredForAsLongAsTheSuccessorIsUnused() {
		Answer login = node.login("ann");
		String next = Secret.create();
		Answer lost = refresh(login, next);
		assertThat(lost.text("refresh_token")).isEqualTo(login.text("refresh_token").split("\\.")[0] + "." + next);
		advance(Duration.ofDays(2));
		Answer again = refresh(login, next);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.text("refresh_token")).isEqualTo(lost.text("refresh_token"));
		assertAlive(again);
		assertThat(refresh(again).status()).isEqualTo(200);
		assertThat(refresh(login, next).code()).isEqualTo("refresh_reused");
	}

	@Test
	void refreshWhenThiefKnowsNoNextThenGetsNothingAndEndsNothingWithinTheGrace() {
		Answer login = node.login("ann");
		Answer owner = refresh(login, Secret.create());
		assertThat(refresh(login).code()).isEqualTo("refresh_invalid");
		assertThat(refresh(login, Secret.create()).code()).isEqualTo("refresh_invalid");
		assertAlive(owner);
		advance(GRACE);
		assertThat(refresh(login, Secret.create()).code()).isEqualTo("refresh_reused");
		assertEnded(owner);
	}

	@Test
	void refreshWhenAnotherNextFollowsADerivedSuccessorThenIsInvalidAndEndsNothing() {
		Answer login = node.login("ann");
		Answer derived = refresh(login);
		assertThat(refresh(login, Secret.create()).code()).isEqualTo("refresh_invalid");
		assertThat(refresh(login).text("refresh_token")).isEqualTo(derived.text("refresh_token"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "short", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			"+AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" })
	void refreshWhenNextIsNoSecretThenIsBadRequestAndSpendsNothing(String next) {
		Answer login = node.login("ann");
		Answer refused = refresh(login, next);
		assertThat(refused.code()).isEqualTo("bad_request");
		assertThat(refused.text("detail")).contains("\"next\"");
		advance(GRACE);
		assertThat(refresh(login).status()).isEqualTo(200);
	}

	@Test
	void refreshWhenNextIsAGenerationThatWasThenIsBadRequest() {
		Answer login = node.login("ann");
		String own = login.text("refresh_token").split("\\.")[1];
		assertThat(refresh(login, own).code()).isEqualTo("bad_request");
		Answer second = refresh(login);
		assertThat(refresh(second, own).code()).isEqualTo("bad_request");
		assertThat(refresh(second).status()).isEqualTo(200);
	}

	@Test
	void successorWhenDerivedThenDiffersForEachSessionAndNumber() {
		Set<String> generations = new HashSet<>();
		for (int i = 0; i < 3; i++) {
			Answer answer = node.login("ann");
			for (int j = 0; j < 3; j++) {
				answer = refresh(answer);
				generations.add(answer.text("refresh_token").split("\\.")[1]);
			}
		}
		assertThat(generations).hasSize(9);
	}

	@Test
	void storedThenHoldsNoGeneration() {
		Answer login = node.login("ann");
		String next = Secret.create();
		Answer second = refresh(refresh(login), next);
		String rows = node.bean(JdbcClient.class).sql("SELECT * FROM sessions").query().listOfRows().toString();
		for (Answer answer : List.of(login, second)) {
			for (String part : answer.text("refresh_token").split("\\.")) {
				assertThat(rows).doesNotContain(part);
			}
		}
		assertThat(rows).contains(Secret.hash(next));
	}

	@Test
	void refreshWhenAccountIsDisabledMeanwhileThenARepeatIsInvalid() {
		Answer login = node.login("ann");
		String next = Secret.create();
		refresh(login, next);
		String admin = node.admin();
		node.call("PATCH", "/admin/accounts/ann", admin, Map.of("disabled", true));
		assertThat(refresh(login, next).code()).isEqualTo("refresh_invalid");
		node.call("PATCH", "/admin/accounts/ann", admin, Map.of("disabled", false));
		assertThat(this.store).isNotNull();
	}

	@Test
	void refreshWhenGraceIsZeroThenOnlyNextIsForgiven() {
		try (HttpNode strict = HttpNode.start(Store.EMBEDDED, "usher.session.refresh-grace=0s")) {
			strict.makeUser("bob");
			Answer login = strict.login("bob");
			String next = Secret.create();
			assertThat(call(strict, login, next).status()).isEqualTo(200);
			Answer again = call(strict, login, next);
			assertThat(again.status()).isEqualTo(200);
			Answer naive = strict.refresh(again.text("refresh_token"));
			assertThat(naive.status()).isEqualTo(200);
			assertThat(strict.refresh(again.text("refresh_token")).code()).isEqualTo("refresh_reused");
		}
	}

}
