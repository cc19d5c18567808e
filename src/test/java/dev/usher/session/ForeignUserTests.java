package dev.usher.session;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestTokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Users of another issuer beside accounts of the same letters. On every database. */
@ParameterizedClass
@EnumSource(Store.class)
class ForeignUserTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static HttpNode node;

	@Parameter
	private Store store;

	@BeforeParameterizedClassInvocation
	static void start(Store store) {
		node = HttpNode.start(store, "usher.issuers[0].issuer=partner", "usher.issuers[0].audience=gateway",
				"usher.issuers[0].secret=" + SECRET);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		node.close();
	}

	private static String foreign(String name) {
		return TestTokens.valid("partner", "gateway", node.clock())
			.claim("sub", name)
			.claim("jti", null)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	private static Answer revoke(Map<String, ?> body) {
		return node.call("POST", "/admin/revocations", node.admin(), body);
	}

	private static int me(String token) {
		return node.get("/auth/me", token).status();
	}

	@Test
	void revocationWhenItNamesAForeignUserThenTheAccountInAnotherCaseLives() {
		node.makeUser("alice", "user");
		String local = node.login("alice").text("access_token");
		try (StompClient socket = StompClient.connect(node.port(), foreign("ALICE"))) {
			node.clock().advance(Duration.ofSeconds(1));
			assertThat(revoke(Map.of("username", "ALICE")).text("username")).isEqualTo("ALICE");
			socket.expectError("revoked", 4503);
		}
		assertThat(me(local)).isEqualTo(200);
		assertThat(this.store).isNotNull();
	}

	@Test
	void revocationWhenNobodyElseHasTheNameThenTheAccountInAnyCaseIsMeant() {
		node.makeUser("carol", "user");
		String local = node.login("carol").text("access_token");
		node.clock().advance(Duration.ofSeconds(1));
		assertThat(revoke(Map.of("username", "Carol")).text("username")).isEqualTo("carol");
		assertThat(me(local)).isEqualTo(401);
	}

	@Test
	void revocationWhenItNamesTheIssuerThenOnlyItsUserIsMeant() {
		node.makeUser("dave", "user");
		String local = node.login("dave").text("access_token");
		String partner = foreign("dave");
		assertThat(me(partner)).isEqualTo(200);
		node.clock().advance(Duration.ofSeconds(1));
		Answer made = revoke(Map.of("username", "dave", "issuer", "partner"));
		assertThat(made.text("issuer")).isEqualTo("partner");
		assertThat(me(partner)).isEqualTo(401);
		assertThat(me(local)).isEqualTo(200);
		String later = foreign("dave");
		assertThat(me(later)).isEqualTo(200);
		node.clock().advance(Duration.ofSeconds(1));
		assertThat(revoke(Map.of("username", "DAVE", "issuer", "usher")).text("username")).isEqualTo("dave");
		assertThat(me(local)).isEqualTo(401);
		assertThat(me(later)).isEqualTo(200);
	}

	@Test
	void revocationWhenItsIssuerIsNobodyOrItNamesASessionThenIsBadRequest() {
		Answer nobody = revoke(Map.of("username", "x", "issuer", "https://misspelt.example"));
		assertThat(nobody.code()).isEqualTo("bad_request");
		assertThat(nobody.text("detail")).contains("\"issuer\"");
		assertThat(revoke(Map.of("session_id", "x", "issuer", "partner")).code()).isEqualTo("bad_request");
	}

	@Test
	void tokenWhenItsSubjectIsAServicesNameThenIsRefused() {
		assertThat(me(foreign("client:billing"))).isEqualTo(401);
		assertThat(me(foreign("client"))).isEqualTo(200);
	}

}
