package dev.usher.passkey;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.usher.passkey.WebauthnProperties.UserVerification;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** What is configured wrongly is named; what is not configured is not there. */
class WebauthnPropertiesTests {

	private static WebauthnProperties properties(String rpId, String... origins) {
		return new WebauthnProperties(rpId, (origins.length > 0) ? Arrays.asList(origins) : null,
				UserVerification.REQUIRED, Duration.ofMinutes(5), 20);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "example.org | https://example.org | https://example.org",
					"example.org | https://APP.example.org:443 | https://app.example.org",
					"example.org | https://a.b.example.org:8443 | https://a.b.example.org:8443",
					"localhost | http://localhost:3000 | http://localhost:3000",
					"localhost | http://app.localhost | http://app.localhost" })
	void originWhenItIsAtOrBelowTheRpIdThenIsTaken(String rpId, String origin, String normal) {
		assertThat(properties(rpId, origin).origins()).isEqualTo(List.of(normal));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "example.org | https://example.com | must have the host example.org",
					"example.org | https://badexample.org | must have the host example.org",
					"app.example.org | https://example.org | must have the host app.example.org",
					"example.org | http://app.example.org | must begin with https://",
					"example.org | https://app.example.org/path | must be an origin such as",
					"example.org | app.example.org | must be an origin such as",
					"example.org | * | must be an origin such as" })
	void originWhenItIsWrongThenIsNamed(String rpId, String origin, String sentence) {
		assertThatIllegalArgumentException().isThrownBy(() -> properties(rpId, "https://" + rpId, origin))
			.withMessageContaining("usher.webauthn.origins[1] " + sentence)
			.withMessageEndingWith("but is " + origin);
	}

	@ParameterizedTest
	@CsvSource({ "org", "https://example.org", "example.org:443", "192.0.2.1", "Example.org", "''", "example..org",
			"-a.org", "*.example.org", "example.org.", "[::1]" })
	void rpIdWhenItIsNoDomainThenIsNamed(String rpId) {
		assertThatIllegalArgumentException().isThrownBy(() -> properties(rpId, "https://example.org"))
			.withMessageContaining("usher.webauthn.rp-id must be a domain")
			.withMessageEndingWith("but is " + rpId);
	}

	@Test
	void propertiesWhenOneIsThereWithoutTheOtherThenIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> properties("example.org"))
			.withMessage("usher.webauthn.origins is missing, while usher.webauthn.rp-id is set");
		assertThatIllegalArgumentException().isThrownBy(() -> properties(null, "https://example.org"))
			.withMessage("usher.webauthn.rp-id is missing, while usher.webauthn.origins is set");
	}

	@Test
	void passkeysWhenNotConfiguredThenNothingOfThemIsThere() {
		try (HttpNode node = HttpNode.start(Store.EMBEDDED)) {
			String admin = node.admin();
			assertThat(node.get("/auth/passkeys", admin).code()).isEqualTo("not_found");
			assertThat(node.call("POST", "/auth/login/options", null, Map.of()).code()).isEqualTo("not_found");
			assertThat(node.call("POST", "/auth/login", null, Map.of("passkey", Map.of())).text("detail"))
				.isEqualTo("Member \"passkey\": there are no passkeys here.");
			assertThat(PasskeyUser.dropPassword(node, "admin").code()).isEqualTo("bad_request");
			assertThat(node.login("admin", node.adminPassword()).status()).isEqualTo(200);
		}
	}

}
