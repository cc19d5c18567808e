package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import dev.usher.access.Caller;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.MutableClock;
import dev.usher.testing.Page;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens as the providers of identity-providers.md give them, at a gateway with the lines
 * that the page says to paste; only where the keys are is another.
 */
@Timeout(60)
class ProviderTokenTests {

	private static final Page PAGE = Page.of("src/docs/identity-providers.md");

	private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

	private final MutableClock clock = new MutableClock();

	@TempDir
	Path folder;

	private @Nullable TokenFixture tokens;

	@AfterEach
	void tearDown() {
		if (this.tokens != null) {
			this.tokens.close();
		}
	}

	/** Has the gateway of the test trust what a recipe of the page says. */
	private ForeignIssuer paste(String heading, String... more) {
		YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
		yaml.setResources(new ByteArrayResource(PAGE.block(heading, "yaml").getBytes(StandardCharsets.UTF_8)));
		Properties pasted = yaml.getObject();
		Map<String, String> properties = new HashMap<>();
		pasted.forEach((name, value) -> properties.put((String) name, String.valueOf(value)));
		assertThat(properties.remove("usher.issuers[0].discovery")).isEqualTo("true");
		properties.put("usher.issuers[0].secret", new String(SECRET, StandardCharsets.US_ASCII));
		for (String each : more) {
			String[] pair = each.split("=", 2);
			properties.put("usher.issuers[0]." + pair[0], pair[1]);
		}
		ForeignIssuer issuer = new Binder(new MapConfigurationPropertySource(properties))
			.bind("usher", TokenProperties.class)
			.get()
			.trusted()
			.get(0);
		this.tokens = new TokenFixture(TokenFixture.h2(), this.folder, this.clock,
				TokenFixture.properties(null, issuer));
		return issuer;
	}

	/** What every provider writes, of the issuer that is pasted. */
	private TestTokens token(ForeignIssuer issuer, @Nullable Object audience, String subject) {
		return TestTokens.valid(issuer.name(), "", this.clock).claim("aud", audience).claim("sub", subject);
	}

	private Caller verified(TestTokens token) {
		assertThat(this.tokens).isNotNull();
		return this.tokens.verified(token.sign(SECRET));
	}

	private String refused(TestTokens token) {
		try {
			throw new AssertionError("accepted: " + verified(token).roles());
		}
		catch (RefusedException ex) {
			return ex.word();
		}
	}

	private TestTokens keycloak(ForeignIssuer issuer, Object realmAccess) {
		return token(issuer, List.of("usher", "account"), "5f7c8ec7-7a4c-4f0f-9a0e-5d1f6f2b8f11").header("typ", "JWT")
			.claim("typ", "Bearer")
			.claim("azp", "web")
			.claim("sid", "d3a5c1d0-3c86-4c36-9c63-1d1d6ff3c9a1")
			.claim("acr", "1")
			.claim("allowed-origins", List.of("https://app.example.org"))
			.claim("realm_access", realmAccess)
			.claim("resource_access",
					Map.of("account", Map.of("roles", List.of("admin", "view-profile")), "web",
							Map.of("roles", List.of("reporter"))))
			.claim("scope", "openid email profile")
			.claim("email_verified", true)
			.claim("preferred_username", "ann")
			.claim("email", "ann@example.org");
	}

	private static Map<String, Object> roles(String... roles) {
		return Map.of("roles", List.of(roles));
	}

	@Test
	void keycloakWhenPastedThenRealmRolesCountByTheMap() {
		ForeignIssuer keycloak = paste("Keycloak");
		Caller caller = verified(keycloak(keycloak, roles("offline_access", "default-roles-app", "app-editor")));
		assertThat(caller.name()).isEqualTo("5f7c8ec7-7a4c-4f0f-9a0e-5d1f6f2b8f11");
		assertThat(caller.roles()).containsExactlyInAnyOrder("user", "editor");
		assertThat(caller.sessionId()).isNull();
		assertThat(verified(keycloak(keycloak, roles("uma_authorization"))).roles()).isEmpty();
		assertThat(verified(keycloak(keycloak, Map.of())).roles()).isEmpty();
	}

	/** A realm role of that name may mean the administrator of anything. */
	@Test
	void keycloakWhenARoleThereIsCalledAsOneHereThenIsNotThatRole() {
		ForeignIssuer keycloak = paste("Keycloak");
		assertThat(verified(keycloak(keycloak, roles("admin", "operator", "editor", "user"))).roles()).isEmpty();
		keycloak = paste("Keycloak", "roles-map.realm-admin=admin");
		assertThat(verified(keycloak(keycloak, roles("admin"))).roles()).isEmpty();
		assertThat(verified(keycloak(keycloak, roles("realm-admin"))).roles()).containsExactly("admin");
	}

	@Test
	void keycloakWhenRolesAreOfAClientThenThePathLeadsThere() {
		ForeignIssuer keycloak = paste("Keycloak", "roles-claim=resource_access.web.roles", "roles-map.reporter=user");
		assertThat(verified(keycloak(keycloak, roles("app-editor"))).roles()).containsExactly("user");
	}

	@Test
	void keycloakWhenWhereRolesShouldBeIsSomethingElseThenRefused() {
		ForeignIssuer keycloak = paste("Keycloak");
		assertThat(refused(keycloak(keycloak, "app-editor"))).isEqualTo("claim");
		assertThat(refused(keycloak(keycloak, List.of("app-editor")))).isEqualTo("claim");
		assertThat(refused(keycloak(keycloak, Map.of("roles", Map.of("app-editor", true))))).isEqualTo("claim");
		assertThat(refused(keycloak(keycloak, Map.of("roles", List.of("app-editor", 1))))).isEqualTo("claim");
	}

	/** The claim that the path names is not the one whose name is the path. */
	@Test
	void keycloakWhenAClaimIsNamedAsThePathThenIsNotMeant() {
		ForeignIssuer keycloak = paste("Keycloak");
		TestTokens token = keycloak(keycloak, roles()).claim("realm_access.roles", List.of("app-editor"));
		assertThat(verified(token).roles()).isEmpty();
	}

	private TestTokens entra(ForeignIssuer issuer) {
		return token(issuer, "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ")
			.header("typ", "JWT")
			.claim("nbf", this.clock.instant().getEpochSecond())
			.claim("aio", "AXQAi/8TAAAA")
			.claim("azp", "99999999-8888-7777-6666-555555555555")
			.claim("azpacr", "0")
			.claim("name", "Ann")
			.claim("oid", "690222be-ff1a-4d56-abd1-7e4f7d38e474")
			.claim("preferred_username", "ann@contoso.example")
			.claim("scp", "connect")
			.claim("sid", "1b2c3d4e-0000-1111-2222-333344445555")
			.claim("tid", "11111111-2222-3333-4444-555555555555")
			.claim("uti", "fqiBqXLPj0eQa82S-IYFAA")
			.claim("ver", "2.0");
	}

	@Test
	void entraWhenPastedThenIsNamedByObjectIdAndAppRolesCount() {
		ForeignIssuer entra = paste("Microsoft Entra ID");
		Caller caller = verified(entra(entra).claim("roles", List.of("App.Editor", "admin")));
		assertThat(caller.name()).isEqualTo("690222be-ff1a-4d56-abd1-7e4f7d38e474");
		assertThat(caller.roles()).containsExactlyInAnyOrder("user", "editor");
		assertThat(verified(entra(entra)).roles()).isEmpty();
	}

	@Test
	void entraWhenGroupsAreMappedThenHundredsOfThemAreReadAndThoseElsewhereGiveNothing() {
		ForeignIssuer entra = paste("Microsoft Entra ID", "roles-claim=groups",
				"roles-map[0b6d9c2e-6a43-4d0a-8f0f-2f4d8f1c7a11]=editor");
		List<String> groups = new ArrayList<>();
		for (int i = 0; i < 199; i++) {
			groups.add("00000000-0000-0000-0000-" + "%012d".formatted(i));
		}
		groups.add("0b6d9c2e-6a43-4d0a-8f0f-2f4d8f1c7a11");
		assertThat(verified(entra(entra).claim("groups", groups)).roles()).containsExactly("editor");
		TestTokens elsewhere = entra(entra).claim("_claim_names", Map.of("groups", "src1"))
			.claim("_claim_sources", Map.of("src1", Map.of("endpoint", "https://graph.example/getMemberObjects")));
		assertThat(verified(elsewhere).roles()).isEmpty();
	}

	@Test
	void entraWhenTheClaimOfTheNameIsMissingOrNoNameThenRefused() {
		ForeignIssuer entra = paste("Microsoft Entra ID");
		for (Object oid : new Object[] { null, 17, true, List.of("a"), Map.of("a", "b"), "", " ", "\u00a0",
				"\u200b\u202e", "\u3164\u2800", "\ufe0f" }) {
			assertThat(refused(entra(entra).claim("oid", oid))).as(String.valueOf(oid)).isEqualTo("user_claim");
		}
		assertThat(refused(entra(entra).claim("oid", "a\nb"))).isEqualTo("subject");
		assertThat(refused(entra(entra).claim("oid", "a".repeat(256)))).isEqualTo("subject");
		assertThat(refused(entra(entra).claim("oid", "client:billing"))).isEqualTo("subject");
		assertThat(refused(entra(entra).claim("sub", null))).isEqualTo("claim");
	}

	/** Whoever may write their own address would be anybody. */
	@Test
	void nameWhenAnAddressThatNobodyVerifiedThenRefused() {
		ForeignIssuer issuer = paste("Microsoft Entra ID", "user-claim=email");
		TestTokens token = entra(issuer).claim("email", "ann@example.org");
		assertThat(refused(token)).isEqualTo("user_claim");
		assertThat(refused(token.claim("email_verified", false))).isEqualTo("user_claim");
		assertThat(refused(token.claim("email_verified", "false"))).isEqualTo("user_claim");
		assertThat(verified(token.claim("email_verified", true)).name()).isEqualTo("ann@example.org");
		assertThat(verified(token.claim("email_verified", "true")).name()).isEqualTo("ann@example.org");
	}

	@Test
	void nameWhenTheAddressIsWithinAnObjectThenItIsVerifiedThere() {
		ForeignIssuer issuer = paste("Microsoft Entra ID", "user-claim=profile.email");
		TestTokens token = entra(issuer).claim("email_verified", true);
		assertThat(refused(token.claim("profile", Map.of("email", "ann@example.org")))).isEqualTo("user_claim");
		assertThat(refused(token.claim("profile", Map.of("email", "ann@example.org", "email_verified", false))))
			.isEqualTo("user_claim");
		assertThat(verified(token.claim("profile", Map.of("email", "ann@example.org", "email_verified", true))).name())
			.isEqualTo("ann@example.org");
	}

	private TestTokens auth0(ForeignIssuer issuer) {
		return token(issuer, List.of("https://gateway.example.org", "https://example.eu.auth0.com/userinfo"),
				"auth0|5f7c8ec7")
			.header("typ", "JWT")
			.claim("jti", null)
			.claim("azp", "my_client_id")
			.claim("scope", "openid profile")
			.claim("permissions", List.of("read:messages"));
	}

	@Test
	void auth0WhenPastedThenTheNamespacedClaimCounts() {
		ForeignIssuer auth0 = paste("Auth0");
		Caller caller = verified(auth0(auth0).claim("https://example.org/roles", List.of("Editor", "admin")));
		assertThat(caller.name()).isEqualTo("auth0|5f7c8ec7");
		assertThat(caller.roles()).containsExactlyInAnyOrder("user", "editor");
		assertThat(verified(auth0(auth0).claim("https://example.org/roles", "Viewer Editor")).roles())
			.containsExactlyInAnyOrder("user", "editor");
		assertThat(verified(auth0(auth0).claim("roles", List.of("Editor"))).roles()).isEmpty();
		assertThat(verified(auth0(auth0).claim("https://example", Map.of("org/roles", List.of("Editor")))).roles())
			.isEmpty();
	}

	private TestTokens cognito(ForeignIssuer issuer, String clientId) {
		return token(issuer, null, "aaaaaaaa-bbbb-cccc-dddd-111111111111").claim("cognito:groups", List.of("editors"))
			.claim("version", 2)
			.claim("client_id", clientId)
			.claim("origin_jti", "cccccccc-dddd-eeee-ffff-000000000000")
			.claim("event_id", "12345678-1234-1234-1234-123456789012")
			.claim("token_use", "access")
			.claim("scope", "openid")
			.claim("auth_time", this.clock.instant().getEpochSecond())
			.claim("username", "ann");
	}

	@Test
	void cognitoWhenPastedThenAccessTokensOfItsClientCount() {
		ForeignIssuer cognito = paste("Amazon Cognito");
		Caller caller = verified(cognito(cognito, "1example23456789"));
		assertThat(caller.name()).isEqualTo("aaaaaaaa-bbbb-cccc-dddd-111111111111");
		assertThat(caller.roles()).containsExactlyInAnyOrder("user", "editor");
	}

	@Test
	void cognitoWhenTheTokenIsOfAnotherClientOrForSomebodyElseThenRefused() {
		ForeignIssuer cognito = paste("Amazon Cognito");
		assertThat(refused(cognito(cognito, "2another"))).isEqualTo("client");
		assertThat(refused(cognito(cognito, "1example23456789").claim("client_id", null))).isEqualTo("client");
		assertThat(refused(cognito(cognito, "1example23456789").claim("client_id", List.of("1example23456789"))))
			.isEqualTo("claim");
		assertThat(refused(cognito(cognito, "1example23456789").claim("aud", "https://billing.example.org")))
			.isEqualTo("audience");
		assertThat(refused(cognito(cognito, "1example23456789").claim("aud", List.of()))).isEqualTo("audience");
	}

	/** An ID token tells a page who is there; whoever it is shown to may pass it on. */
	@Test
	void cognitoWhenItIsAnIdTokenThenRefused() {
		ForeignIssuer cognito = paste("Amazon Cognito");
		assertThat(refused(cognito(cognito, "1example23456789").claim("client_id", null)
			.claim("aud", "1example23456789")
			.claim("token_use", "id")
			.claim("cognito:username", "ann"))).isEqualTo("audience");
	}

	@Test
	void clientsWhenAnAudienceIsSetTooThenBothMustHold() {
		ForeignIssuer keycloak = paste("Keycloak", "client-ids=web,app");
		assertThat(verified(keycloak(keycloak, roles("app-editor"))).roles()).isNotEmpty();
		assertThat(refused(keycloak(keycloak, roles()).claim("azp", "tool"))).isEqualTo("client");
		assertThat(refused(keycloak(keycloak, roles()).claim("aud", "account"))).isEqualTo("audience");
	}

	@Test
	void springWhenPastedThenRolesOfTheCustomizerCount() {
		ForeignIssuer spring = paste("Spring Authorization Server");
		TestTokens token = token(spring, "usher", "ann").claim("nbf", this.clock.instant().getEpochSecond())
			.claim("scope", List.of("openid"))
			.claim("roles", List.of("editor", "admin"));
		assertThat(verified(token).roles()).containsExactly("editor");
		assertThat(refused(token.claim("aud", "web"))).isEqualTo("audience");
	}

	/** Names behind a prefix are one issuer's, whoever else may choose a name. */
	@Test
	void nameWhenItBeginsAsThoseOfAnotherIssuerThenRefused() {
		String secret = new String(SECRET, StandardCharsets.US_ASCII);
		ForeignIssuer plain = issuer("one", secret, "preferred_username", "");
		ForeignIssuer apart = issuer("two", secret, "preferred_username", "corp|");
		this.tokens = new TokenFixture(TokenFixture.h2(), this.folder, this.clock,
				TokenFixture.properties(null, plain, apart));
		assertThat(verified(token(apart, "usher", "1").claim("preferred_username", "ann")).name())
			.isEqualTo("corp|ann");
		assertThat(refused(token(plain, "usher", "1").claim("preferred_username", "corp|ann"))).isEqualTo("subject");
		assertThat(verified(token(plain, "usher", "1").claim("preferred_username", "ann")).name()).isEqualTo("ann");
		ForeignIssuer subject = issuer("three", secret, "sub", "");
		this.tokens.close();
		this.tokens = new TokenFixture(TokenFixture.h2(), this.folder, this.clock,
				TokenFixture.properties(null, subject, apart));
		assertThat(refused(token(subject, "usher", "corp|ann"))).isEqualTo("subject");
	}

	private static ForeignIssuer issuer(String name, String secret, String userClaim, String prefix) {
		return new ForeignIssuer(name, "usher", null, false, secret, null, null, prefix, DpopUse.OPTIONAL, "roles",
				null, userClaim, null);
	}

}
