package dev.usher.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.Store;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.Session;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A login seen through Spring Session's own API, as an extension has it: its times, its
 * index by principal name, its end. On every database.
 */
@ParameterizedClass
@EnumSource(Store.class)
class SpringSessionTests {

	private static final Duration LIFETIME = Duration.ofDays(30);

	private static HttpNode node;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	SpringSessionTests(Store store) {
		assertThat(store).isNotNull();
	}

	private static JdbcIndexedSessionRepository repository() {
		return node.bean(JdbcIndexedSessionRepository.class);
	}

	private static Session only(String username) {
		Map<String, ? extends Session> found = repository().findByPrincipalName(username);
		assertThat(found).hasSize(1);
		return found.values().iterator().next();
	}

	private static void change(String username, Consumer<Session> change) {
		change(repository(), username, change);
	}

	private static <S extends Session> void change(FindByIndexNameSessionRepository<S> repository, String username,
			Consumer<Session> change) {
		repository.findByPrincipalName(username).values().forEach((session) -> {
			change.accept(session);
			repository.save(session);
		});
	}

	private static Instant expiry(String username) {
		return Instant.ofEpochMilli(node.bean(JdbcClient.class)
			.sql("SELECT EXPIRY_TIME FROM SPRING_SESSION WHERE PRINCIPAL_NAME = ?")
			.param(username)
			.query(Long.class)
			.single());
	}

	/** As if the system's clock, which Spring Session goes by, were past its end. */
	private static void expire(String username) {
		long past = System.currentTimeMillis() - 1;
		node.bean(JdbcClient.class)
			.sql("UPDATE SPRING_SESSION SET LAST_ACCESS_TIME = ?, MAX_INACTIVE_INTERVAL = 0, EXPIRY_TIME = ? "
					+ "WHERE PRINCIPAL_NAME = ?")
			.params(past, past, username)
			.update();
	}

	private static void assertExpiresIn(String username, Duration left) {
		Instant expected = node.clock().instant().plus(left);
		assertThat(expiry(username)).isEqualTo(expected);
		Session session = only(username);
		assertThat(session.getLastAccessedTime().plus(session.getMaxInactiveInterval())).isEqualTo(expected);
	}

	private static Answer loginOf(String username) {
		node.makeUser(username, "user");
		return node.login(username);
	}

	private static void assertEnded(Answer login) {
		assertThat(node.get("/auth/me", login.text("access_token")).code()).isEqualTo("revoked");
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void loginThenItsSpringSessionExpiresWhenTheRefreshTokenDoes() {
		loginOf("begun");
		assertExpiresIn("begun", LIFETIME);
		assertThat(only("begun").getLastAccessedTime()).isEqualTo(node.clock().instant());
	}

	@Test
	void refreshThenItsSpringSessionExpiresLater() {
		Answer login = loginOf("refreshed");
		node.clock().advance(Duration.ofDays(1));
		Answer refreshed = node.refresh(login.text("refresh_token"));
		assertExpiresIn("refreshed", LIFETIME);
		assertThat(only("refreshed").getLastAccessedTime()).isEqualTo(node.clock().instant());
		node.clock().advance(Duration.ofDays(1));
		// A repeat that is forgiven is not another refresh.
		assertThat(node.refresh(login.text("refresh_token")).status()).isEqualTo(401);
		assertThat(refreshed.status()).isEqualTo(200);
	}

	@Test
	void callThenItsSpringSessionWasAccessedAndExpiresNoLater() {
		Answer login = loginOf("used");
		node.clock().advance(Duration.ofMinutes(10));
		node.get("/auth/me", login.text("access_token"));
		Instant now = node.clock().instant();
		Awaitility.await().untilAsserted(() -> assertThat(only("used").getLastAccessedTime()).isEqualTo(now));
		assertExpiresIn("used", LIFETIME.minusMinutes(10));
	}

	@Test
	void lifetimeWhenAnExtensionShortensItThenTheRefreshTokenEndsWithIt() {
		Answer login = loginOf("shortened");
		change("shortened", (session) -> session.setMaxInactiveInterval(Duration.ofMinutes(5)));
		node.clock().advance(Duration.ofMinutes(5).minusSeconds(1));
		assertThat(node.get("/auth/sessions", login.text("access_token")).json().size()).isOne();
		node.clock().advance(Duration.ofSeconds(1));
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
		assertThat(node.get("/auth/sessions", login.text("access_token")).json().size()).isZero();
	}

	@Test
	void lifetimeWhenAnExtensionTakesItAwayThenItCanStillBeUsedAndEnded() {
		Answer login = loginOf("endless");
		change("endless", (session) -> session.setMaxInactiveInterval(Duration.ofSeconds(-1)));
		node.clock().advance(Duration.ofMinutes(2));
		node.get("/auth/me", login.text("access_token"));
		Instant now = node.clock().instant();
		Awaitility.await().untilAsserted(() -> assertThat(only("endless").getLastAccessedTime()).isEqualTo(now));
		assertThat(only("endless").getMaxInactiveInterval()).isNegative();
		assertThat(node.get("/auth/sessions", login.text("access_token")).json().size()).isOne();
		node.call("POST", "/auth/logout", login.text("access_token"), null);
		assertEnded(login);
	}

	@Test
	void deleteWhenByAnExtensionThenTheLoginEndsWithItsTokensAndSockets() {
		Answer login = loginOf("deleted");
		try (StompClient client = StompClient.connect(node.port(), login.text("access_token"))) {
			repository().deleteById(only("deleted").getId());
			client.expectError("revoked", 4503);
		}
		assertEnded(login);
	}

	@Test
	void findWhenExpiredThenTheLoginEndsWithItsTokensAndSockets() {
		Answer login = loginOf("found");
		String id = only("found").getId();
		try (StompClient client = StompClient.connect(node.port(), login.text("access_token"))) {
			expire("found");
			assertThat((Session) repository().findById(id)).isNull();
			client.expectError("revoked", 4503);
		}
		assertEnded(login);
	}

	@Test
	void cleanUpWhenExpiredThenTheLoginEndsWithItsTokensAndSockets() {
		Answer gone = loginOf("gone");
		Answer other = loginOf("other");
		change("gone", (session) -> session.setMaxInactiveInterval(Duration.ofMinutes(5)));
		try (StompClient client = StompClient.connect(node.port(), gone.text("access_token"))) {
			node.clock().advance(Duration.ofMinutes(5));
			repository().cleanUpExpiredSessions();
			client.expectError("revoked", 4503);
		}
		assertEnded(gone);
		assertThat(node.refresh(other.text("refresh_token")).status()).isEqualTo(200);
	}

	/** Between the clean-up's look at the clock and Spring Session's own. */
	@Test
	void cleanUpWhenALoginExpiresMeanwhileThenItIsLeftToTheNext() {
		Answer login = loginOf("meanwhile");
		expire("meanwhile");
		Instant before = node.clock().instant();
		node.clock().set(Instant.now().minus(Duration.ofDays(1)));
		repository().cleanUpExpiredSessions();
		assertThat(only("meanwhile")).isNotNull();
		node.clock().set(before.plus(Duration.ofHours(1)));
		repository().cleanUpExpiredSessions();
		assertThat(repository().findByPrincipalName("meanwhile")).isEmpty();
		assertThat(node.refresh(login.text("refresh_token")).code()).isEqualTo("refresh_invalid");
	}

	@Test
	void cleanUpWhenASessionIsNoLoginThenGoesByItsOwnTimeAndIsNobodysDevice() {
		Answer login = loginOf("bystander");
		insertOther(repository(), "bystander", Duration.ofDays(1));
		assertThat(node.get("/auth/sessions", login.text("access_token")).json().size()).isOne();
		repository().cleanUpExpiredSessions();
		assertThat(repository().findByPrincipalName("bystander")).hasSize(2);
		insertOther(repository(), "bystander", Duration.ZERO);
		Awaitility.await().untilAsserted(() -> {
			repository().cleanUpExpiredSessions();
			assertThat(repository().findByPrincipalName("bystander")).hasSize(2);
		});
	}

	private static <S extends Session> void insertOther(FindByIndexNameSessionRepository<S> repository, String username,
			Duration interval) {
		S session = repository.createSession();
		session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, username);
		session.setMaxInactiveInterval(interval);
		repository.save(session);
	}

	@Test
	void cleanUpThenIsScheduledOnce() {
		assertThat(node.bean(ScheduledAnnotationBeanPostProcessor.class).getScheduledTasks())
			.filteredOn((task) -> task.toString().contains("cleanUpExpiredSessions"))
			.hasSize(1);
	}

	@Test
	void idWhenOfTheSpringSessionThenIsNowhereShownAndOpensNothing() {
		Answer login = loginOf("hidden");
		String id = only("hidden").getId();
		String token = login.text("access_token");
		assertThat(login.text("session_id")).isNotEqualTo(id);
		for (String path : List.of("/auth/me", "/auth/sessions")) {
			assertThat(node.get(path, token).response().body()).contains(login.text("session_id")).doesNotContain(id);
		}
		assertThat(
				node.send(node.request("/auth/me").header("Cookie", "SESSION=" + id + "; USHER_SESSION=" + id)).code())
			.isEqualTo("unauthorized");
		assertThat(node.call("DELETE", "/auth/sessions/" + id, token, null).code()).isEqualTo("not_found");
	}

}
