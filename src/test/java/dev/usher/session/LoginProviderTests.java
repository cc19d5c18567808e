package dev.usher.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.usher.account.ProviderLogins;
import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Accounts of elsewhere, as an extension's authentication provider knows them. */
class LoginProviderTests {

	private static final Directory directory = new Directory();

	private static HttpNode node;

	/** One that waits for the directory for a moment only, and has few places for it. */
	private static HttpNode hasty;

	@BeforeAll
	static void start() {
		node = start("usher.access[0].destination=/topic/staff", "usher.access[0].subscribe=staff");
		hasty = start("usher.login-provider.threads=2", "usher.login-provider.queue=1",
				"usher.login-provider.timeout=5s");
	}

	private static HttpNode start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("usher.login.address-attempts=1000");
		return HttpNode.startWith(Store.EMBEDDED,
				(context) -> context.registerBean(AuthenticationProvider.class, () -> directory),
				all.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		directory.release.countDown();
		hasty.close();
		node.close();
	}

	@Test
	void loginWhenElsewhereKnowsTheNameThenHasItsNameAndItsRoles() {
		Answer login = node.login("ann@corp");
		Answer me = node.get("/auth/me", login.text("access_token"));
		assertThat(me.text("username")).isEqualTo("ann");
		// No ROLE_, no factor, no administrator, nothing that a rule reads as anybody.
		assertThat(me.json().path("roles").toString()).isEqualTo("[\"staff\"]");
		try (StompClient client = StompClient.connect(node.port(), login.text("access_token"))) {
			client.subscribe("0", "/topic/staff");
		}
		assertThat(node.get("/admin/accounts", login.text("access_token")).status()).isEqualTo(403);
	}

	@Test
	void sessionWhenOfElsewhereThenIsRefreshedAndListedAndGivesTickets() {
		Answer login = node.login("ben");
		Answer refreshed = node.refresh(login.text("refresh_token"));
		assertThat(refreshed.status()).isEqualTo(200);
		String token = refreshed.text("access_token");
		assertThat(node.get("/auth/me", token).json().path("roles").toString()).isEqualTo("[\"staff\"]");
		assertThat(node.get("/auth/sessions", token).json().size()).isEqualTo(1);
		String ticket = node.call("POST", "/auth/tickets", token, null).text("ticket");
		try (StompClient client = StompClient.open(node.port())) {
			client.send("CONNECT", "accept-version:1.2", "ticket:" + ticket);
			assertThat(client.expect("CONNECTED").header("user-name")).isEqualTo("ben");
		}
		assertThat(node
			.call("POST", "/auth/password", token,
					Map.of("current_password", HttpNode.PASSWORD, "new_password", "another good one"))
			.code()).isEqualTo("bad_credentials");
	}

	@Test
	void sessionWhenOfElsewhereAndLoggedOutOrRevokedThenEnds() {
		Answer first = node.login("cid");
		try (StompClient client = StompClient.connect(node.port(), first.text("access_token"))) {
			assertThat(node.call("POST", "/auth/logout", first.text("access_token"), null).status()).isEqualTo(204);
			client.expectError("revoked", 4503);
		}
		assertThat(node.refresh(first.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		Answer second = node.login("cid");
		try (StompClient client = StompClient.connect(node.port(), second.text("access_token"))) {
			assertThat(node.call("POST", "/admin/revocations", node.admin(), Map.of("username", "cid")).status())
				.isEqualTo(201);
			client.expectError("revoked", 4503);
		}
		assertThat(node.refresh(second.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	/** Nobody here hears when the account elsewhere is closed. */
	@Test
	void sessionWhenOfElsewhereThenARefreshDoesNotLengthenIt() {
		String refresh = node.login("dan").text("refresh_token");
		node.clock().advance(Duration.ofDays(29));
		Answer refreshed = node.refresh(refresh);
		assertThat(refreshed.status()).isEqualTo(200);
		node.clock().advance(Duration.ofDays(2));
		assertThat(node.refresh(refreshed.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void nameWhenAnAccountHereHasItThenElsewhereIsNotAsked() {
		node.makeUser("Eve", "user");
		assertThat(node.login("eve").status()).isEqualTo(200);
		assertThat(node.login("eve", "her password elsewhere").code()).isEqualTo("bad_credentials");
		// Nor may it answer with the name of one.
		assertThat(node.login("maps-to-eve").code()).isEqualTo("bad_credentials");
		assertThat(directory.asked).doesNotContain("eve").contains("maps-to-eve");
	}

	@Test
	void nameWhenAnAccountTakesItThenSessionsOfElsewhereEndAndNobodyInheritsRoles() {
		Answer login = node.login("fay");
		Answer other = node.login("FAY");
		node.makeUser("fay", "boss");
		assertThat(node.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		// A name of elsewhere is as it is written; it is the account's in any case.
		assertThat(node.refresh(other.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bad", "unknown", "locked", "disabled", "expired", "stale", "unauthenticated", "slash",
			"service", "powerful" })
	void loginWhenElsewhereRefusesThenAnswersAsForAWrongPassword(String why) {
		node.makeUser("own-" + why);
		Answer ours = node.login("own-" + why, "wrong");
		Answer theirs = node.login(why);
		assertThat(theirs.status()).isEqualTo(401);
		assertThat(theirs.response().body()).isEqualTo(ours.response().body());
	}

	@ParameterizedTest
	@CsvSource({ "away, overloaded, 503", "broken, internal_error, 500" })
	void loginWhenElsewhereFailsThenSaysSoAndNoMore(String name, String code, int status) {
		Answer login = node.login(name);
		assertThat(login.code()).isEqualTo(code);
		assertThat(login.status()).isEqualTo(status);
		assertThat(login.response().body()).doesNotContain("ldap.internal");
	}

	@Test
	void loginWhenElsewhereIsGuessedAtThenIsSlowed() {
		for (int i = 0; i < 10; i++) {
			assertThat(node.login("gus", "wrong").code()).isEqualTo("bad_credentials");
		}
		assertThat(node.login("gus", "wrong").code()).isEqualTo("too_many_attempts");
	}

	/** On a busy machine its time may be over before the directory is asked. */
	private static void hang(String name) {
		do {
			hasty.login(name);
		}
		while (!directory.asked.contains(name));
	}

	/** Two hang, one waits, and the fourth is refused; accounts here do not notice. */
	@Test
	@Timeout(120)
	void loginWhenElsewhereHangsThenOthersLogInAndItsPlacesAreBounded() throws InterruptedException {
		int before = directory.hanging.get();
		List<Thread> stuck = List.of(new Thread(() -> hang("hang-1")), new Thread(() -> hang("hang-2")));
		stuck.forEach(Thread::start);
		Await.within(60, () -> directory.hanging.get() >= before + 2);
		hasty.makeUser("ina");
		assertThat(hasty.login("ina").status()).isEqualTo(200);
		Answer waited = hasty.login("hang-3");
		assertThat(waited.code()).isEqualTo("overloaded");
		assertThat(waited.header("Retry-After")).isNotNull();
		// Its place is still taken, by something that nobody waits for any more.
		assertThat(hasty.login("jim").code()).isEqualTo("overloaded");
		for (Thread each : stuck) {
			each.join();
		}
		directory.release.countDown();
		Await.within(60, () -> hasty.login("jim").status() == 200);
		assertThat(hasty.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM SPRING_SESSION WHERE PRINCIPAL_NAME LIKE 'hang-%'")
			.query(Integer.class)
			.single()).isZero();
	}

	/**
	 * Once the session is being made, the client gets it: one that nobody has would stay
	 * in the list of devices.
	 */
	@Test
	void loginWhenItsSessionIsBeingMadeAtTheTimeoutThenItIsAnswered() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<String> answer = hasty.bean(ProviderLogins.class)
			.authenticate("kim", HttpNode.PASSWORD, false, (account) -> {
				begun.countDown();
				try {
					goOn.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return "session of " + account.username();
			});
		Await.within(60, () -> begun.getCount() == 0 || answer.isDone());
		// Longer than its timeout.
		assertThatThrownBy(() -> answer.get(7, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
		goOn.countDown();
		assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("session of kim");
	}

	/** A directory somewhere else, with all that can be wrong with one. */
	private static final class Directory implements AuthenticationProvider {

		private final Set<String> asked = ConcurrentHashMap.newKeySet();

		private final CountDownLatch release = new CountDownLatch(1);

		private final AtomicInteger hanging = new AtomicInteger();

		@Override
		public boolean supports(Class<?> type) {
			return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
		}

		@Override
		public Authentication authenticate(Authentication login) {
			String name = login.getName();
			this.asked.add(name);
			return switch (name) {
				case "unknown" -> throw new UsernameNotFoundException("unknown in ldap.internal");
				case "locked" -> throw new LockedException("locked in ldap.internal");
				case "disabled" -> throw new DisabledException("disabled in ldap.internal");
				case "expired" -> throw new AccountExpiredException("expired in ldap.internal");
				case "stale" -> throw new CredentialsExpiredException("stale in ldap.internal");
				case "away" -> throw new AuthenticationServiceException("ldap.internal is away");
				case "broken" -> throw new IllegalStateException("ldap.internal says nonsense");
				case "unauthenticated" -> login;
				case "slash" -> who("a/b");
				case "service" -> who("client:billing");
				case "powerful" ->
					who("powerful", IntStream.range(0, 33).mapToObj((i) -> "ROLE_" + i).toArray(String[]::new));
				case "maps-to-eve" -> who("eve");
				case "ann@corp" -> who("ann", "ROLE_staff", "ROLE_admin", "*", "with blank");
				default -> others(login);
			};
		}

		private Authentication others(Authentication login) {
			String name = login.getName();
			if (name.startsWith("hang-")) {
				this.hanging.incrementAndGet();
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
			if (name.equals("bad") || !HttpNode.PASSWORD.equals(login.getCredentials())) {
				throw new BadCredentialsException("bad in ldap.internal");
			}
			return who(name, "ROLE_staff");
		}

		private static Authentication who(String name, String... authorities) {
			return UsernamePasswordAuthenticationToken.authenticated(name, null,
					AuthorityUtils.createAuthorityList(authorities));
		}

	}

}
