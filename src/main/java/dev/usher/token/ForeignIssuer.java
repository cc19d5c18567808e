package dev.usher.token;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.usher.access.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * An issuer that is trusted beside ourselves, {@code usher.issuers[n]}.
 *
 * @param issuer its {@code iss}
 * @param audience what its tokens must be meant for. Without it they must have no
 * {@code aud}, and {@code clientIds} must be there
 * @param jwkSetUri where its public keys are
 * @param discovery whether to ask {@code {issuer}/.well-known/openid-configuration} where
 * they are (OpenID Connect Discovery 1.0, section 4)
 * @param secret the secret it signs with by HS256, 32 bytes at least as UTF-8
 * @param algorithm what it signs with, {@code RS256} by default; {@code HS256} with a
 * secret and only then
 * @param roles the roles it may give, {@code user} by default, or those of the map
 * @param userPrefix what is put in front of a user's name, so that its users share no
 * names with others; nothing by default. Must be there beside a {@code userClaim}
 * @param dpop whether its tokens must be bound to a key (RFC 9449), {@code optional} or
 * {@code required}; optional by default
 * @param rolesClaim where its tokens have the roles, a {@link ClaimPath}; {@code roles}
 * by default
 * @param rolesMap which roles each name in that claim gives; with it no other name counts
 * @param userClaim which claim names the user, a {@link ClaimPath}; {@code sub} by
 * default
 * @param clientIds the clients whose tokens count, by {@code client_id} or {@code azp};
 * those of all by default
 */
record ForeignIssuer(@Nullable String issuer, @Nullable String audience, @Nullable URI jwkSetUri,
		@DefaultValue("false") boolean discovery, @Nullable String secret, @Nullable String algorithm,
		@Nullable Set<String> roles, @Nullable String userPrefix, @DefaultValue("optional") DpopUse dpop,
		@DefaultValue("roles") String rolesClaim, @Nullable Map<String, Set<String>> rolesMap,
		@DefaultValue("sub") String userClaim, @Nullable Set<String> clientIds) {

	private static final String HMAC = "HS256";

	private static final Set<String> ASYMMETRIC = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
			"ES384", "ES512");

	private static final int MIN_SECRET = 32;

	private static final int MAX_PREFIX = 100;

	/** As those of accounts. No {@code *}, which a rule reads as any caller. */
	private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	/** What a provider's own roles must not become by having the same name. */
	private static final Set<String> PRIVILEGED = Set.of(Caller.ADMIN, Caller.OPERATOR);

	/** Claims that are about the token. */
	private static final Set<String> NO_ROLES = Set.of("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "cnf");

	/** These too, and claims that many users have in common. */
	private static final Set<String> NO_NAME = Set.of("iss", "aud", "exp", "nbf", "iat", "jti", "sid", "cnf", "azp",
			"appid", "client_id", "tid", "nonce", "scope", "scp", "roles", "groups");

	void check(String property) {
		require(this.issuer != null && !this.issuer.isBlank(), property + ".issuer is missing");
		checkRecipient(property);
		long sources = Stream.of(this.jwkSetUri != null, this.discovery, this.secret != null)
			.filter((present) -> present)
			.count();
		require(sources == 1, property + " needs exactly one of " + property + ".jwk-set-uri, " + property
				+ ".discovery and " + property + ".secret, but has " + sources);
		checkSource(property);
		checkNames(property);
		checkRoles(property);
	}

	private void checkRecipient(String property) {
		if (this.audience != null) {
			require(!this.audience.isBlank(), property + ".audience is missing");
		}
		else {
			require(!clients().isEmpty(), property + ".audience is missing; for tokens without aud, such as Cognito's, "
					+ property + ".client-ids names the clients whose tokens count");
		}
		require(clients().stream().noneMatch(String::isBlank), property + ".client-ids must not be blank");
	}

	private void checkSource(String property) {
		if (this.secret != null) {
			require(this.secret.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET,
					property + ".secret must be 32 bytes at least");
			require(this.algorithm == null || this.algorithm.equals(HMAC),
					property + ".algorithm must be HS256 beside a secret, but is " + this.algorithm);
			return;
		}
		require(this.algorithm == null || ASYMMETRIC.contains(this.algorithm), property
				+ ".algorithm must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512, but is "
				+ this.algorithm);
		if (this.jwkSetUri != null) {
			require(HttpFetch.isHttp(this.jwkSetUri),
					property + ".jwk-set-uri must be an http or https URL, but is " + this.jwkSetUri);
		}
		else {
			require(isHttpUrl(name()),
					property + ".issuer must be an http or https URL where discovery is on, but is " + this.issuer);
		}
	}

	private static boolean isHttpUrl(String text) {
		try {
			return HttpFetch.isHttp(URI.create(text));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private void checkNames(String property) {
		require(prefix().length() <= MAX_PREFIX, property + ".user-prefix must have 100 characters at most");
		require(!TokenMinter.isService(prefix()),
				property + ".user-prefix must not begin with client:, which names the services here");
		ClaimPath claim = userPath(property);
		require(NO_NAME.stream().noneMatch(claim::is),
				property + ".user-claim must not be " + claim.text() + ", which does not name one user");
		require(claim.is("sub") || this.userPrefix != null,
				property + ".user-prefix must be set beside " + property
						+ ".user-claim, because people may choose the name in " + claim.text()
						+ ". Set it to \"\" where whoever has a name there shall be whoever has it here");
	}

	private void checkRoles(String property) {
		ClaimPath claim = rolesPath(property);
		require(NO_ROLES.stream().noneMatch(claim::is),
				property + ".roles-claim must not be " + claim.text() + ", which holds no roles");
		if (this.rolesMap == null) {
			Set<String> privileged = allowed().stream().filter(PRIVILEGED::contains).collect(Collectors.toSet());
			require(claim.is("roles") || privileged.isEmpty(),
					property + ".roles must not hold " + String.join(" and ", privileged) + " beside " + property
							+ ".roles-claim: " + property + ".roles-map says which names there make one");
			return;
		}
		this.rolesMap.forEach((word, given) -> {
			String entry = property + ".roles-map[" + word + "]";
			require(!word.isBlank() && !word.equals("*"), entry + " must be a name in " + claim.text()
					+ "; there is no wildcard. Rules name all callers by *");
			require(!given.isEmpty(), entry + " is empty");
			for (String role : given) {
				require(ROLE.matcher(role).matches(), entry
						+ " must be a role, 1 to 64 letters of a to z, digits and . _ -, but is \"" + role + "\"");
				require(allowed().contains(role),
						entry + " gives " + role + ", which " + property + ".roles does not allow");
			}
		});
	}

	private static void require(boolean holds, String sentence) {
		TokenProperties.check(holds, sentence);
	}

	private ClaimPath userPath(String property) {
		return ClaimPath.parse(this.userClaim, property + ".user-claim");
	}

	private ClaimPath rolesPath(String property) {
		return ClaimPath.parse(this.rolesClaim, property + ".roles-claim");
	}

	private Set<String> clients() {
		return (this.clientIds != null) ? this.clientIds : Set.of();
	}

	private Set<String> allowed() {
		if (this.roles != null) {
			return this.roles;
		}
		return (this.rolesMap != null)
				? this.rolesMap.values().stream().flatMap(Set::stream).collect(Collectors.toSet()) : Set.of("user");
	}

	String name() {
		return Objects.requireNonNullElse(this.issuer, "");
	}

	String prefix() {
		return Objects.requireNonNullElse(this.userPrefix, "");
	}

	String pinnedAlgorithm() {
		if (this.secret != null) {
			return HMAC;
		}
		return (this.algorithm != null) ? this.algorithm : "RS256";
	}

	/** How its tokens say that they are meant for us. */
	Recipient recipient() {
		return new Recipient(this.audience, Set.copyOf(clients()));
	}

	/** Which roles it gives for what. */
	GivenRoles givenRoles() {
		return new GivenRoles(rolesPath(""), (this.rolesMap != null) ? Map.copyOf(this.rolesMap) : null,
				Set.copyOf(allowed()));
	}

	/**
	 * What its users are called.
	 * @param others prefixes of other issuers that begin with this one's
	 */
	UserNames userNames(List<String> others) {
		return new UserNames(userPath(""), prefix(), others);
	}

	/** Keeps the secret out of logs. */
	@Override
	public String toString() {
		return "ForeignIssuer[issuer=" + this.issuer + ", audience=" + this.audience + "]";
	}

}
