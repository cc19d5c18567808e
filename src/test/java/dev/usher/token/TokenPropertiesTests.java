package dev.usher.token;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Defaults, and wrong values, which stop the start with the property's full name. */
class TokenPropertiesTests {

	private static final String SECRET = "0123456789abcdef0123456789abcdef";

	private static TokenProperties bind(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("usher", TokenProperties.class);
	}

	private static Map<String, String> valid() {
		Map<String, String> properties = new HashMap<>();
		properties.put("usher.issuers[0].issuer", "https://idp.example");
		properties.put("usher.issuers[0].audience", "gateway");
		properties.put("usher.issuers[0].jwk-set-uri", "https://idp.example/jwks");
		return properties;
	}

	private static void assertRefused(Map<String, String> properties, String sentence) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(properties))
			.havingRootCause()
			.withMessageContaining(sentence);
	}

	@Test
	void nothingIsSetThenDefaults() {
		TokenProperties properties = bind(Map.of());
		TokenProperties.Own own = properties.token();
		assertThat(own.issuer()).isEqualTo("usher");
		assertThat(own.audience()).isEqualTo("usher");
		assertThat(own.lifetime()).isEqualTo(Duration.ofMinutes(15));
		assertThat(own.leeway()).isEqualTo(Duration.ofSeconds(30));
		assertThat(own.keyRotation()).isEqualTo(Duration.ofDays(30));
		assertThat(own.key()).isNull();
		assertThat(properties.trusted()).isEmpty();
	}

	@Test
	void issuerIsSetThenDefaultsOfIt() {
		ForeignIssuer issuer = bind(valid()).trusted().get(0);
		assertThat(issuer.givenRoles().allowed()).containsExactly("user");
		assertThat(issuer.prefix()).isEmpty();
		assertThat(issuer.pinnedAlgorithm()).isEqualTo("RS256");
		assertThat(issuer.discovery()).isFalse();
	}

	@Test
	void everythingOfAnIssuerIsSetThenBound() {
		Map<String, String> all = valid();
		all.put("usher.issuers[0].roles", "user,editor");
		all.put("usher.issuers[0].user-prefix", "idp:");
		all.put("usher.issuers[0].algorithm", "ES256");
		all.put("usher.issuers[1].issuer", "partner");
		all.put("usher.issuers[1].audience", "gateway");
		all.put("usher.issuers[1].secret", SECRET);
		all.put("usher.issuers[2].issuer", "https://other.example");
		all.put("usher.issuers[2].audience", "gateway");
		all.put("usher.issuers[2].discovery", "true");
		TokenProperties properties = bind(all);
		assertThat(properties.trusted().get(0).roles()).containsExactlyInAnyOrder("user", "editor");
		assertThat(properties.trusted().get(0).userPrefix()).isEqualTo("idp:");
		assertThat(properties.trusted().get(0).pinnedAlgorithm()).isEqualTo("ES256");
		assertThat(properties.trusted().get(1).pinnedAlgorithm()).isEqualTo("HS256");
		assertThat(properties.trusted().get(2).discovery()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					usher.token.issuer       | ' '    | usher.token.issuer must not be blank
					usher.token.audience     | ' '    | usher.token.audience must not be blank
					usher.token.lifetime     | 0s     | usher.token.lifetime must be between 1s and 365d
					usher.token.lifetime     | -5m    | usher.token.lifetime must be between 1s and 365d
					usher.token.lifetime     | 400d   | usher.token.lifetime must be between 1s and 365d
					usher.token.leeway       | -5s    | usher.token.leeway must not be negative
					usher.token.leeway       | 11m    | usher.token.leeway must be 10m at most
					usher.token.key          | secret | usher.token.key must be 32 bytes in base64
					usher.token.key          | ' '    | usher.token.key must be 32 bytes in base64
					usher.token.key-rotation | 59m    | usher.token.key-rotation must be at least 1h
					usher.issuers[0].issuer      | ' '               | usher.issuers[0].issuer is missing
					usher.issuers[0].audience    | ''                | usher.issuers[0].audience is missing
					usher.issuers[0].discovery   | true              | needs exactly one of usher.issuers[0].jwk-set-uri
					usher.issuers[0].secret      | short             | needs exactly one of usher.issuers[0].jwk-set-uri
					usher.issuers[0].jwk-set-uri | file:///etc/passwd| usher.issuers[0].jwk-set-uri must be an http or https
					usher.issuers[0].jwk-set-uri | /jwks             | usher.issuers[0].jwk-set-uri must be an http or https
					usher.issuers[0].algorithm   | HS256             | usher.issuers[0].algorithm must be one of RS256
					usher.issuers[0].algorithm   | none              | usher.issuers[0].algorithm must be one of RS256
					usher.issuers[0].issuer      | usher             | is the same as usher.token.issuer
					usher.issuers[0].roles-claim | ''                | usher.issuers[0].roles-claim must be the name of a claim
					usher.issuers[0].roles-claim | ' roles'          | usher.issuers[0].roles-claim must be the name of a claim
					usher.issuers[0].roles-claim | realm_access.     | usher.issuers[0].roles-claim must be the name of a claim
					usher.issuers[0].roles-claim | .roles            | usher.issuers[0].roles-claim must be the name of a claim
					usher.issuers[0].roles-claim | a..b              | usher.issuers[0].roles-claim must be the name of a claim
					usher.issuers[0].roles-claim | a.b.c.d.e.f.g.h.i | usher.issuers[0].roles-claim must be the name of a claim, or up to 8 names
					usher.issuers[0].roles-claim | exp               | usher.issuers[0].roles-claim must not be exp, which holds no roles
					usher.issuers[0].roles-claim | sub               | usher.issuers[0].roles-claim must not be sub, which holds no roles
					usher.issuers[0].user-claim  | jti               | usher.issuers[0].user-claim must not be jti, which does not name one user
					usher.issuers[0].user-claim  | client_id         | usher.issuers[0].user-claim must not be client_id
					usher.issuers[0].user-claim  | a.                | usher.issuers[0].user-claim must be the name of a claim
					usher.issuers[0].user-claim  | email             | usher.issuers[0].user-prefix must be set beside usher.issuers[0].user-claim
					usher.issuers[0].client-ids  | 'a, ,b'           | usher.issuers[0].client-ids must not be blank
							usher.issuers[0].roles-map[x]| ''                | usher.issuers[0].roles-map[x] is empty
					usher.issuers[0].roles-map[x]| '*'               | usher.issuers[0].roles-map[x] must be a role
					usher.issuers[0].roles-map[x]| 'a b'             | usher.issuers[0].roles-map[x] must be a role
					usher.issuers[0].roles-map[*]| user              | usher.issuers[0].roles-map[*] must be a name in roles; there is no wildcard
					""")
	void valueIsWrongThenRefusedByItsName(String property, String value, String sentence) {
		Map<String, String> properties = valid();
		properties.put(property, value);
		assertRefused(properties, sentence);
	}

	@Test
	void issuerHasNoKeysThenRefused() {
		Map<String, String> properties = valid();
		properties.remove("usher.issuers[0].jwk-set-uri");
		assertRefused(properties, "but has 0");
	}

	@Test
	void secretIsShortThenRefusedAndNotRepeated() {
		Map<String, String> properties = valid();
		properties.remove("usher.issuers[0].jwk-set-uri");
		properties.put("usher.issuers[0].secret", "only-31-bytes-are-in-this-text.");
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(properties))
			.satisfies((ex) -> assertThat(ex.toString() + ex.getCause()).doesNotContain("only-31"))
			.havingRootCause()
			.withMessage("usher.issuers[0].secret must be 32 bytes at least");
	}

	@Test
	void discoveryNeedsAUrlThenRefused() {
		Map<String, String> properties = valid();
		properties.remove("usher.issuers[0].jwk-set-uri");
		properties.put("usher.issuers[0].discovery", "true");
		properties.put("usher.issuers[0].issuer", "partner");
		assertRefused(properties, "usher.issuers[0].issuer must be an http or https URL where discovery is on");
	}

	@Test
	void twoIssuersHaveOneNameThenRefused() {
		Map<String, String> properties = valid();
		properties.put("usher.issuers[1].issuer", "https://idp.example");
		properties.put("usher.issuers[1].audience", "gateway");
		properties.put("usher.issuers[1].secret", SECRET);
		assertRefused(properties, "usher.issuers[1].issuer must differ from every other issuer,"
				+ " but is the same as usher.issuers[0].issuer");
	}

	@Test
	void printedThenNoSecretIsInIt() {
		Map<String, String> properties = new HashMap<>(
				Map.of("usher.issuers[0].issuer", "partner", "usher.issuers[0].audience", "gateway",
						"usher.issuers[0].secret", SECRET, "usher.token.key", "A".repeat(43) + "="));
		assertThat(bind(properties).toString()).doesNotContain(SECRET, "AAAA");
	}

	@Test
	void rolesWhenAMapIsThereThenAreThoseOfTheMapUnlessTheyAreListed() {
		Map<String, String> properties = valid();
		properties.put("usher.issuers[0].roles-map.staff", "user,editor");
		properties.put("usher.issuers[0].roles-map[/a b]", "admin");
		assertThat(bind(properties).trusted().get(0).givenRoles().allowed()).containsExactlyInAnyOrder("user", "editor",
				"admin");
		properties.put("usher.issuers[0].roles", "user,editor");
		assertRefused(properties,
				"usher.issuers[0].roles-map[/a b] gives admin, which usher.issuers[0].roles does not allow");
	}

	/** What another calls its administrators is not ours to guess. */
	@Test
	void rolesWhenFromAClaimOfTheProvidersThenAnAdministratorNeedsTheMap() {
		for (String role : new String[] { "admin", "operator" }) {
			Map<String, String> properties = valid();
			properties.put("usher.issuers[0].roles-claim", "groups");
			properties.put("usher.issuers[0].roles", "user," + role);
			assertRefused(properties, "usher.issuers[0].roles must not hold " + role
					+ " beside usher.issuers[0].roles-claim: usher.issuers[0].roles-map says which names there make one");
			properties.put("usher.issuers[0].roles-map.chiefs", role);
			assertThat(bind(properties).trusted().get(0).givenRoles().of(Set.of("chiefs", role))).containsExactly(role);
		}
	}

	@Test
	void audienceWhenMissingThenClientsTakeItsPlace() {
		Map<String, String> properties = valid();
		properties.remove("usher.issuers[0].audience");
		assertRefused(properties, "usher.issuers[0].audience is missing; for tokens without aud");
		properties.put("usher.issuers[0].client-ids", "web");
		assertThat(bind(properties).trusted().get(0).recipient()).isEqualTo(new Recipient(null, Set.of("web")));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			groups                          | groups
			realm_access.roles              | realm_access;roles
			https://example.org/roles       | https://example.org/roles
			cognito:groups                  | cognito:groups
			urn:example:a.b                 | urn:example:a.b
			example\\.org/roles              | example.org/roles
			resource_access.https://a\\.b.roles | resource_access;https://a.b;roles
			""")
	void claimWhenReadThenIsAPathOrOneName(String text, String names) {
		assertThat(String.join(";", ClaimPath.parse(text, "x").names())).isEqualTo(names);
	}

}
