package dev.usher.attack;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;

import dev.usher.testing.Answer;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A browser brings its cookie whoever asks: pages that use this, and thieves of cookies.
 */
class CookieAttacks {

	private static final String LISTED = "https://listed.example.org";

	private final Target target = Targets.usual();

	private String session = "";

	private String csrf = "";

	@BeforeEach
	void login() {
		Answer login = this.target.post("/auth/login",
				"{\"username\":\"admin\",\"password\":\"" + Target.PASSWORD + "\",\"cookie\":true}");
		List<String> cookies = login.response().headers().allValues("Set-Cookie");
		assertThat(cookies).hasSize(2);
		assertThat(cookies.get(0)).contains("HttpOnly", "SameSite=Lax");
		this.session = cookies.get(0).split(";")[0];
		this.csrf = cookies.get(1).split(";")[0].split("=", 2)[1];
		this.target.witness().secret(this.session.split("=", 2)[1]);
		this.target.witness().secret(this.csrf);
		this.target.witness().secret(login.text("refresh_token"));
	}

	private Answer call(String method, String path, String... headers) {
		return this.target.send(this.target.request(path)
			.method(method, BodyPublishers.noBody())
			.header("Cookie", this.session + "; XSRF-TOKEN=" + this.csrf)
			.headers(headers));
	}

	private StompFrame connect(List<String> handshake, String... headers) {
		List<String> all = new ArrayList<>(handshake);
		all.add("Cookie:" + this.session + "; XSRF-TOKEN=" + this.csrf);
		try (StompClient client = this.target.open(all.toArray(String[]::new))) {
			List<String> frame = new ArrayList<>(List.of("accept-version:1.2"));
			frame.addAll(List.of(headers));
			return client.send("CONNECT", frame.toArray(String[]::new)).read();
		}
	}

	private String own() {
		return "Origin:http://localhost:" + this.target.port();
	}

	@Test
	void connectWhenCookieIsStolenWithoutTheCsrfTokenThenUnauthorized() {
		assertThat(connect(List.of(own())).header("code")).isEqualTo("unauthorized");
		assertThat(connect(List.of()).header("code")).isEqualTo("unauthorized");
		assertThat(connect(List.of(own()), "X-XSRF-TOKEN:guessed").header("code")).isEqualTo("unauthorized");
		assertThat(connect(List.of(own()), "X-XSRF-TOKEN:" + this.csrf).command()).isEqualTo("CONNECTED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Origin:" + LISTED, "Sec-Fetch-Site:cross-site", "Sec-Fetch-Site:same-site" })
	void connectWhenPageIsOfAnotherOriginThenTheCookieDoesNotCount(String header) {
		assertThat(connect(List.of(header), "X-XSRF-TOKEN:" + this.csrf).header("code")).isIn("forbidden",
				"unauthorized");
	}

	@Test
	void callWhenItLacksTheCsrfTokenThenNothingChanges() {
		assertThat(call("DELETE", "/auth/sessions", "X-Other", "x").code()).isEqualTo("forbidden");
		assertThat(call("POST", "/auth/tickets", "X-XSRF-TOKEN", "planted").code()).isEqualTo("forbidden");
		assertThat(call("GET", "/auth/me", "X-Other", "x").status()).isEqualTo(200);
	}

	/** A neighbouring host can plant a cookie of any name, and repeat what it planted. */
	@Test
	void callWhenTheCsrfCookieIsPlantedThenNothingChanges() {
		Answer answer = this.target.send(this.target.request("/auth/logout")
			.POST(BodyPublishers.noBody())
			.header("Cookie", this.session + "; XSRF-TOKEN=planted")
			.header("X-XSRF-TOKEN", "planted"));
		assertThat(answer.code()).isEqualTo("forbidden");
	}

	@ParameterizedTest
	@ValueSource(strings = { LISTED, "https://evil.example.org", "null" })
	void callWhenPageIsOfAnotherOriginThenTheCookieDoesNotCount(String origin) {
		Answer answer = call("GET", "/auth/me", "Origin", origin);
		assertThat(answer.status()).isIn(401, 403);
		assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
	}

	@Test
	void loginWhenAnotherPageWantsACookieThenForbidden() {
		Answer answer = this.target.post("/auth/login",
				"{\"username\":\"admin\",\"password\":\"" + Target.PASSWORD + "\",\"cookie\":true}",
				"Origin:" + LISTED);
		assertThat(answer.code()).isEqualTo("forbidden");
		assertThat(answer.header("Set-Cookie")).isEmpty();
	}

	/** As a form of another page can send it: no preflight asks before. */
	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data" })
	void loginWhenItComesFromAFormThenRefused(String type) {
		Answer answer = this.target.send(this.target.request("/auth/login")
			.header("Content-Type", type)
			.POST(BodyPublishers.ofString("{\"username\":\"admin\",\"password\":\"" + Target.PASSWORD + "\"}")));
		assertThat(answer.code()).isEqualTo("unsupported_media_type");
	}

	@Test
	void cookieWhenItsSessionHasEndedThenItOpensNothing() {
		assertThat(call("POST", "/auth/logout", "X-XSRF-TOKEN", this.csrf).status()).isEqualTo(204);
		assertThat(call("GET", "/auth/me", "X-Other", "x").status()).isEqualTo(401);
		assertThat(connect(List.of(own()), "X-XSRF-TOKEN:" + this.csrf).header("code")).isIn("revoked", "unauthorized");
	}

	@Test
	void sessionIdWhenSentAsTheCookieThenItOpensNothing() {
		String id = call("GET", "/auth/me", "X-Other", "x").text("session_id");
		Answer answer = this.target
			.send(this.target.request("/auth/me").header("Cookie", this.session.split("=")[0] + "=" + id));
		assertThat(answer.status()).isEqualTo(401);
	}

}
