package dev.usher.session;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import dev.usher.token.Secret;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** A login by cookie: what it opens, and for whom it opens nothing. */
class CookieLoginTests {

	private static final String LISTED = "https://listed.example.org";

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED, "usher.origins=" + LISTED, "usher.proxies=127.0.0.1");
		node.makeUser("alice", "user");
		node.makeUser("bob", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	/** What a browser keeps of a login by cookie. */
	private record Jar(String session, String csrf, Answer login) {

		static Jar of(Answer login) {
			List<String> set = login.response().headers().allValues("Set-Cookie");
			assertThat(set).as(login.toString()).hasSize(2);
			return new Jar(pair(set.get(0)), pair(set.get(1)), login);
		}

		private static String pair(String cookie) {
			return cookie.substring(0, cookie.indexOf(';'));
		}

		String cookies() {
			return this.session + "; " + this.csrf;
		}

		String csrfToken() {
			return this.csrf.substring(this.csrf.indexOf('=') + 1);
		}

	}

	private static Answer login(String user, String... headers) {
		var request = node.request("/auth/login")
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(
					"{\"username\":\"" + user + "\",\"password\":\"" + HttpNode.PASSWORD + "\",\"cookie\":true}"));
		return node.send((headers.length > 0) ? request.headers(headers) : request);
	}

	private static Answer call(String method, String path, String... headers) {
		return node.send(node.request(path).method(method, BodyPublishers.noBody()).headers(headers));
	}

	private static StompFrame connect(Jar jar, List<String> handshake, String... headers) {
		List<String> all = new ArrayList<>(handshake);
		all.add("Cookie:" + jar.cookies());
		StompClient client = StompClient.open(node.port(), all.toArray(String[]::new));
		List<String> frame = new ArrayList<>(List.of("accept-version:1.2"));
		frame.addAll(List.of(headers));
		return client.send("CONNECT", frame.toArray(String[]::new)).read();
	}

	@Test
	void loginWhenByCookieThenSetsBothAsTheySpecify() {
		List<String> set = login("alice").response().headers().allValues("Set-Cookie");
		assertThat(set.get(0)).startsWith("USHER_SESSION=")
			.contains("; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000")
			.doesNotContain("Secure");
		assertThat(set.get(1)).startsWith("XSRF-TOKEN=").contains("; SameSite=Lax").doesNotContain("HttpOnly");
		assertThat(node.login("alice").response().headers().allValues("Set-Cookie")).isEmpty();
	}

	@Test
	void loginWhenUnderHttpsThenItsCookieIsOfThisHostAlone() {
		Answer login = login("alice", "X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", "https");
		List<String> set = login.response().headers().allValues("Set-Cookie");
		assertThat(set.get(0)).startsWith("__Host-USHER_SESSION=").contains("; Secure", "; HttpOnly");
		assertThat(set.get(1)).startsWith("XSRF-TOKEN=").contains("; Secure");
		Jar jar = Jar.of(login);
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).code()).isEqualTo("unauthorized");
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies(), "X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto",
				"https")
			.status()).isEqualTo(200);
	}

	@Test
	void callWhenItReadsThenTheCookieIsEnough() {
		Jar jar = Jar.of(login("alice"));
		Answer me = call("GET", "/auth/me", "Cookie", jar.cookies());
		assertThat(me.text("username")).isEqualTo("alice");
		assertThat(me.text("session_id")).isEqualTo(jar.login().text("session_id"));
		assertThat(call("GET", "/auth/me", "Cookie", "USHER_SESSION=" + jar.login().text("session_id")).code())
			.isEqualTo("unauthorized");
	}

	@Test
	void callWhenItChangesSomethingThenNeedsTheCsrfToken() {
		Jar jar = Jar.of(login("alice"));
		Jar other = Jar.of(login("bob"));
		assertThat(call("POST", "/auth/tickets", "Cookie", jar.cookies()).code()).isEqualTo("forbidden");
		assertThat(call("POST", "/auth/tickets", "Cookie", jar.cookies(), "X-XSRF-TOKEN", other.csrfToken()).code())
			.isEqualTo("forbidden");
		// A planted cookie and a header that repeats it: not the token of this session.
		assertThat(call("POST", "/auth/tickets", "Cookie", jar.session() + "; XSRF-TOKEN=planted", "X-XSRF-TOKEN",
				"planted")
			.code()).isEqualTo("forbidden");
		assertThat(call("POST", "/auth/tickets", "Cookie", jar.cookies(), "X-XSRF-TOKEN", jar.csrfToken()).status())
			.isEqualTo(201);
	}

	@Test
	void callWhenOfAnotherOriginThenTheCookieDoesNotCount() {
		Jar jar = Jar.of(login("alice"));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies(), "Origin", LISTED).code()).isEqualTo("unauthorized");
		for (String site : List.of("cross-site", "same-site")) {
			assertThat(call("GET", "/auth/me", "Cookie", jar.cookies(), "Sec-Fetch-Site", site).code())
				.isEqualTo("unauthorized");
		}
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies(), "Sec-Fetch-Site", "same-origin").status())
			.isEqualTo(200);
	}

	@Test
	void loginWhenByCookieFromAnotherOriginThenIsForbidden() {
		assertThat(login("alice", "Origin", LISTED).code()).isEqualTo("forbidden");
		assertThat(login("alice", "Sec-Fetch-Site", "cross-site").code()).isEqualTo("forbidden");
	}

	@Test
	void cookieWhenSentTwiceThenIsRefused() {
		Jar jar = Jar.of(login("alice"));
		assertThat(call("GET", "/auth/me", "Cookie", "USHER_SESSION=planted; " + jar.cookies()).code())
			.isEqualTo("unauthorized");
	}

	@Test
	void socketWhenOfOwnPageWithCsrfTokenThenConnects() {
		Jar jar = Jar.of(login("alice"));
		StompFrame connected = connect(jar,
				List.of("Origin:http://localhost:" + node.port(), "Sec-Fetch-Site:same-origin"),
				"X-XSRF-TOKEN:" + jar.csrfToken());
		assertThat(connected.header("user-name")).isEqualTo("alice");
		assertThat(Integer.parseInt(connected.header("expires-in"))).isBetween(840, 900);
	}

	@Test
	void socketWhenByCookieThenGoesOnByATicketInAFrame() {
		Jar jar = Jar.of(login("alice"));
		try (StompClient client = StompClient.open(node.port(), "Cookie:" + jar.cookies())) {
			client.send("CONNECT", "accept-version:1.2", "X-XSRF-TOKEN:" + jar.csrfToken()).expect("CONNECTED");
			node.clock().advance(Duration.ofMinutes(14));
			String ticket = call("POST", "/auth/tickets", "Cookie", jar.cookies(), "X-XSRF-TOKEN", jar.csrfToken())
				.text("ticket");
			StompFrame receipt = client.receipt(StompFrame.of("SEND", "destination:/app/auth", "ticket:" + ticket));
			assertThat(receipt.header("expires-in")).isEqualTo("900");
			node.clock().advance(Duration.ofMinutes(14));
			client.subscribe("s", "/user/topic/x");
			client.send("SEND", "destination:/app/auth", "ticket:" + ticket).expectError("unauthorized", 4502);
		}
	}

	@Test
	void socketWhenCookieWithoutCsrfTokenThenIsUnauthorized() {
		Jar jar = Jar.of(login("alice"));
		List<String> own = List.of("Origin:http://localhost:" + node.port());
		assertThat(connect(jar, own).header("code")).isEqualTo("unauthorized");
		assertThat(connect(jar, own, "X-XSRF-TOKEN:" + Jar.of(login("bob")).csrfToken()).header("code"))
			.isEqualTo("unauthorized");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Origin:" + LISTED, "Sec-Fetch-Site:cross-site", "Sec-Fetch-Site:same-site" })
	void socketWhenOfAnotherOriginThenTheCookieIsForbidden(String header) {
		Jar jar = Jar.of(login("alice"));
		StompFrame refused = connect(jar, List.of(header), "X-XSRF-TOKEN:" + jar.csrfToken());
		assertThat(refused.header("code")).isEqualTo("forbidden");
	}

	@Test
	void socketWhenCookieAndTokenNameDifferentUsersThenIsRefused() {
		Jar jar = Jar.of(login("alice"));
		String bob = node.login("bob").text("access_token");
		assertThat(connect(jar, List.of(), "X-XSRF-TOKEN:" + jar.csrfToken(), "Authorization:Bearer " + bob)
			.header("code")).isEqualTo("unauthorized");
		// Without its CSRF token the cookie is nobody's wish and says nothing.
		assertThat(connect(jar, List.of(), "Authorization:Bearer " + bob).header("user-name")).isEqualTo("bob");
	}

	@Test
	void logoutThenTakesTheCookiesBackAndTheyOpenNothing() {
		Jar jar = Jar.of(login("alice"));
		call("GET", "/auth/me", "Cookie", jar.cookies());
		Answer logout = call("POST", "/auth/logout", "Cookie", jar.cookies(), "X-XSRF-TOKEN", jar.csrfToken());
		assertThat(logout.status()).isEqualTo(204);
		assertThat(logout.response().headers().allValues("Set-Cookie"))
			.allSatisfy((cookie) -> assertThat(cookie).contains("Max-Age=0"))
			.hasSize(2);
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).code()).isEqualTo("revoked");
		node.clock().advance(Duration.ofHours(1));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).code()).isEqualTo("unauthorized");
	}

	@Test
	void accountWhenItLosesARoleThenTheCookieLosesItWithinAMinute() {
		node.makeUser("carol", "user", "editor");
		Jar jar = Jar.of(login("carol"));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).json().path("roles").size()).isEqualTo(2);
		node.call("PATCH", "/admin/accounts/carol", node.admin(), Map.of("roles", List.of("user")));
		node.clock().advance(Duration.ofMinutes(1));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).json().path("roles").size()).isEqualTo(1);
		node.call("PATCH", "/admin/accounts/carol", node.admin(), Map.of("disabled", true));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).code()).isEqualTo("revoked");
	}

	@Test
	void cookieThenIsStoredHashedAndLastsAsTheSession() {
		Jar jar = Jar.of(login("bob"));
		String secret = jar.session().substring(jar.session().indexOf('=') + 1);
		assertThat(node.bean(JdbcClient.class)
			.sql("SELECT cookie_hash FROM sessions WHERE session_id = ?")
			.param(jar.login().text("session_id"))
			.query(String.class)
			.single()).isEqualTo(Secret.hash(secret)).isNotEqualTo(secret);
		node.clock().advance(Duration.ofDays(30));
		assertThat(call("GET", "/auth/me", "Cookie", jar.cookies()).code()).isEqualTo("unauthorized");
	}

}
