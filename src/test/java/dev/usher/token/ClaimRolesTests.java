package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.jwt.Jwt;

import static org.assertj.core.api.Assertions.assertThat;

/** An extension's converter of claims chooses among roles, and can do nothing else. */
@ExtendWith(OutputCaptureExtension.class)
class ClaimRolesTests {

	private static final byte[] SECRET = "a secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);

	private static final String OTHER = "another secret of thirty-two bytes";

	private static final List<Jwt> asked = Collections.synchronizedList(new ArrayList<>());

	private static final CountDownLatch release = new CountDownLatch(1);

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.startWith(Store.EMBEDDED, (context) -> {
			RootBeanDefinition definition = new RootBeanDefinition();
			definition
				.setTargetType(ResolvableType.forClassWithGenerics(Converter.class, ResolvableType.forClass(Jwt.class),
						ResolvableType.forClassWithGenerics(Collection.class, GrantedAuthority.class)));
			Converter<Jwt, Collection<GrantedAuthority>> converter = ClaimRolesTests::convert;
			definition.setInstanceSupplier(() -> converter);
			context.registerBeanDefinition("rolesOfClaims", definition);
		}, "usher.issuers[0].issuer=idp", "usher.issuers[0].secret=" + new String(SECRET, StandardCharsets.UTF_8),
				"usher.issuers[0].audience=usher", "usher.issuers[0].roles=user,staff",
				"usher.issuers[1].issuer=partner", "usher.issuers[1].secret=" + OTHER,
				"usher.issuers[1].audience=usher", "usher.issuers[1].user-prefix=partner:",
				"usher.access[0].destination=/topic/staff", "usher.access[0].subscribe=staff",
				// Else a connect may time out before its roles do.
				"usher.connect.timeout=1m");
	}

	@AfterAll
	static void stop() {
		release.countDown();
		node.close();
	}

	/** Everything that an extension may try. */
	private static Collection<GrantedAuthority> convert(Jwt jwt) {
		asked.add(jwt);
		return switch (jwt.getSubject()) {
			case "thrower" -> throw new IllegalStateException("the table of groups is away");
			case "failer" -> throw new StackOverflowError();
			case "nobody" -> null;
			case "nulls" -> Collections.singletonList(null);
			case "hanging", "hanging-0", "hanging-1", "hanging-2", "hanging-3", "hanging-4" -> {
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				yield AuthorityUtils.createAuthorityList("ROLE_staff");
			}
			case "greedy" -> AuthorityUtils.createAuthorityList("ROLE_admin", "admin", "*", "ROLE_service", "staff");
			default -> {
				List<String> groups = jwt.getClaimAsStringList("groups");
				yield AuthorityUtils.createAuthorityList((groups != null)
						? groups.stream().map((group) -> "ROLE_" + group).toArray(String[]::new) : new String[0]);
			}
		};
	}

	private static TestTokens token(String user) {
		return TestTokens.valid("idp", "usher", node.clock()).claim("sub", user).claim("roles", List.of("user"));
	}

	private static Answer me(TestTokens token) {
		return node.get("/auth/me", token.sign(SECRET));
	}

	@Test
	void rolesWhenAConverterIsThereThenAreWhatItMakesOfTheClaims() {
		TestTokens token = token("ann").claim("groups", List.of("staff", "unheard-of"));
		assertThat(me(token).json().path("roles").toString()).isEqualTo("[\"staff\"]");
		assertThat(me(token("bob")).json().path("roles").toString()).isEqualTo("[]");
		try (StompClient client = StompClient.connect(node.port(), token.sign(SECRET))) {
			client.subscribe("0", "/topic/staff");
		}
	}

	@Test
	void rolesWhenTheConverterIsGreedyThenAreThoseThatTheIssuerMayGive() {
		assertThat(me(token("greedy")).json().path("roles").toString()).isEqualTo("[\"staff\"]");
		assertThat(node.get("/admin/accounts", token("greedy").sign(SECRET)).code()).isEqualTo("forbidden");
	}

	@Test
	void tokenWhenTheConverterFailsThenIsRefusedAndLoggedUnderItsIncident(CapturedOutput output) {
		for (String user : List.of("thrower", "failer", "nobody", "nulls")) {
			Answer refused = me(token(user));
			assertThat(refused.code()).as(user).isEqualTo("unauthorized");
			assertThat(refused.response().body()).doesNotContain("groups", "converter", "Exception");
			assertThat(output.getAll()).as(user).contains("incident " + refused.text("incident"));
		}
		StompClient client = StompClient.open(node.port());
		client.send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + token("thrower").sign(SECRET));
		client.expectError("unauthorized", 4502);
		assertThat(output.getAll()).contains("the table of groups is away").doesNotContain(token("thrower").unsigned());
	}

	/**
	 * It sits on its own thread; nobody waits for it longer than for an issuer's keys.
	 */
	@Test
	void tokenWhenTheConverterHangsThenIsRefusedInTimeAndOthersGoOn() {
		String hanging = token("hanging").sign(SECRET);
		StompClient client = StompClient.open(node.port());
		client.send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + hanging);
		assertThat(me(token("cid")).status()).isEqualTo(200);
		client.expectError("overloaded", 4015);
	}

	/** A page makes many requests by one token. */
	@Test
	void converterWhenATokenComesAgainThenIsNotAskedAgainForAWhile() {
		String token = token("again").claim("groups", List.of("staff")).sign(SECRET);
		for (int i = 0; i < 3; i++) {
			assertThat(node.get("/auth/me", token).json().path("roles").toString()).isEqualTo("[\"staff\"]");
		}
		assertThat(asked("again")).isOne();
		node.clock().advance(Duration.ofSeconds(61));
		assertThat(node.get("/auth/me", token).status()).isEqualTo(200);
		assertThat(asked("again")).isEqualTo(2);
		node.call("POST", "/admin/revocations", node.admin(), Map.of("username", "again"));
		assertThat(node.get("/auth/me", token).code()).isEqualTo("revoked");
		node.clock().advance(Duration.ofMinutes(20));
		assertThat(node.get("/auth/me", token).status()).isEqualTo(401);
	}

	/** Whoever sets the clock back must not keep roles alive that were taken away. */
	@Test
	void converterWhenTheClockWasSetBackThenIsAskedAgainAfterAWhileAllTheSame() {
		String token = token("back").sign(SECRET);
		assertThat(node.get("/auth/me", token).status()).isEqualTo(200);
		node.clock().advance(Duration.ofSeconds(61));
		node.clock().set(node.clock().instant().minus(Duration.ofSeconds(61)));
		assertThat(node.get("/auth/me", token).status()).isEqualTo(200);
		assertThat(asked("back")).isEqualTo(2);
	}

	private static long asked(String user) {
		synchronized (asked) {
			return asked.stream().filter((jwt) -> jwt.getSubject().equals(user)).count();
		}
	}

	@Test
	void converterWhenItHangsForOneUserThenOthersHaveTheirTurn() {
		List<StompClient> waiting = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			waiting.add(connecting(token("hanging").claim("n", i).sign(SECRET)));
		}
		Await.until(() -> asked("hanging") > 0);
		assertThat(me(token("liz")).status()).isEqualTo(200);
		waiting.forEach(StompClient::close);
	}

	@Test
	void converterWhenItHangsForOneIssuerThenThoseOfOthersHaveTheirTurn() {
		List<StompClient> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(connecting(TestTokens.valid("partner", "usher", node.clock())
				.claim("sub", "hanging-" + i)
				.sign(OTHER.getBytes(StandardCharsets.UTF_8))));
		}
		// Any four of them: they came by sockets of their own.
		Await
			.until(() -> waiting.stream().filter((each) -> asked("hanging-" + waiting.indexOf(each)) > 0).count() == 4);
		assertThat(me(token("max")).status()).isEqualTo(200);
		waiting.forEach(StompClient::close);
	}

	private static StompClient connecting(String token) {
		return StompClient.open(node.port()).send("CONNECT", "accept-version:1.2", "Authorization:Bearer " + token);
	}

	@Test
	void converterWhenATokenIsBadThenIsNeverAsked() {
		asked.clear();
		long now = node.clock().instant().getEpochSecond();
		List<Answer> answers = List.of(me(token("dan").claim("exp", now - 1)), me(token("dan").claim("exp", null)),
				me(token("dan").claim("nbf", now + 3600)), me(token("dan").claim("aud", "somebody else")),
				me(token("dan").claim("exp", now + Duration.ofDays(400).toSeconds())),
				node.get("/auth/me", token("dan").sign(OTHER.getBytes(StandardCharsets.UTF_8))));
		assertThat(answers).extracting(Answer::status).containsOnly(401);
		node.call("POST", "/admin/revocations", node.admin(), Map.of("username", "eve"));
		assertThat(me(token("eve").claim("iat", now - 10)).code()).isEqualTo("revoked");
		assertThat(asked).isEmpty();
	}

	/** Our own tokens say what an account is, and no extension has a word in it. */
	@Test
	void converterWhenATokenIsOursThenIsNotAsked() {
		node.makeUser("fay", "boss");
		asked.clear();
		String token = node.login("fay").text("access_token");
		assertThat(node.get("/auth/me", token).json().path("roles").toString()).isEqualTo("[\"boss\"]");
		assertThat(asked).isEmpty();
	}

}
