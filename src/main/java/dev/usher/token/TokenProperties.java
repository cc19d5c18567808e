package dev.usher.token;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What our own tokens look like, {@code usher.token}, and whose else we trust,
 * {@code usher.issuers[n]}.
 *
 * @param token our own tokens
 * @param issuers trusted issuers beside ourselves, none by default
 */
@ConfigurationProperties("usher")
record TokenProperties(@DefaultValue Own token, @Nullable List<Foreign> issuers) {

	TokenProperties {
		issuers = (issuers != null) ? List.copyOf(issuers) : List.of();
		Map<String, String> names = new HashMap<>(Map.of(token.issuer(), "usher.token.issuer"));
		for (int i = 0; i < issuers.size(); i++) {
			String property = "usher.issuers[" + i + "]";
			issuers.get(i).check(property);
			String other = names.putIfAbsent(issuers.get(i).name(), property + ".issuer");
			check(other == null, property + ".issuer must differ from every other issuer, but is the same as " + other);
		}
	}

	/** The longest that a token we take can live. */
	Duration longestLifetime() {
		boolean others = !trusted().isEmpty() && this.token.maxLifetime().compareTo(this.token.lifetime()) > 0;
		return others ? this.token.maxLifetime() : this.token.lifetime();
	}

	List<Foreign> trusted() {
		return (this.issuers != null) ? this.issuers : List.of();
	}

	/** The bytes of a {@code usher.token.key}. */
	static byte[] decodeKey(String key) {
		return Base64.getDecoder().decode(key.strip());
	}

	private static void check(boolean holds, String sentence) {
		if (!holds) {
			throw new IllegalArgumentException(sentence);
		}
	}

	/**
	 * Settings of the tokens that this gateway issues.
	 *
	 * @param issuer their {@code iss}, {@code usher} by default
	 * @param audience their {@code aud}, {@code usher} by default
	 * @param lifetime how long a token lives, 15 minutes by default, whole seconds
	 * @param maxLifetime the longest a token of another issuer may live, from its
	 * {@code iat} or, without one, from now, to its {@code exp}; 30 days by default. So
	 * long a revocation is kept
	 * @param leeway how far another clock may be ahead of ours, 30 seconds by default.
	 * Applies to {@code nbf} and {@code iat}; {@code exp} is exact
	 * @param key the key that encrypts the signing keys in the database, 32 bytes in
	 * base64, the same on every node. None by default: then it is made at first start and
	 * kept in the file {@code signing.key} of {@code usher.data}
	 * @param keyRotation how long a signing key signs, 30 days by default, at least 1
	 * hour
	 * @param dpop whether each login and each token must be bound to a key of the
	 * client's (RFC 9449), {@code optional} or {@code required}; optional by default
	 */
	record Own(@DefaultValue("usher") String issuer, @DefaultValue("usher") String audience,
			@DefaultValue("15m") Duration lifetime, @DefaultValue("30d") Duration maxLifetime,
			@DefaultValue("30s") Duration leeway, @Nullable String key, @DefaultValue("30d") Duration keyRotation,
			@DefaultValue("optional") DpopUse dpop) {

		Own {
			check(!issuer.isBlank(), "usher.token.issuer must not be blank");
			check(!audience.isBlank(), "usher.token.audience must not be blank");
			check(lifetime.toSeconds() >= 1 && lifetime.toDays() <= 365,
					"usher.token.lifetime must be between 1s and 365d, but is " + lifetime);
			check(maxLifetime.toSeconds() >= 1 && maxLifetime.toDays() <= 3650,
					"usher.token.max-lifetime must be between 1s and 3650d, but is " + maxLifetime);
			check(!leeway.isNegative(), "usher.token.leeway must not be negative, but is " + leeway);
			check(leeway.toMinutes() <= 10, "usher.token.leeway must be 10m at most, but is " + leeway);
			check(key == null || isKey(key), "usher.token.key must be 32 bytes in base64");
			check(keyRotation.toHours() >= 1, "usher.token.key-rotation must be at least 1h, but is " + keyRotation);
		}

		private static boolean isKey(String key) {
			try {
				return decodeKey(key).length == MasterKey.LENGTH;
			}
			catch (IllegalArgumentException ex) {
				return false;
			}
		}

		/** Keeps the key out of logs. */
		@Override
		public String toString() {
			return "Own[issuer=" + this.issuer + ", audience=" + this.audience + "]";
		}

	}

	/**
	 * An issuer that is trusted beside ourselves.
	 *
	 * @param issuer its {@code iss}
	 * @param audience what its tokens must be meant for
	 * @param jwkSetUri where its public keys are
	 * @param discovery whether to ask {@code {issuer}/.well-known/openid-configuration}
	 * where they are (OpenID Connect Discovery 1.0, section 4)
	 * @param secret the secret it signs with by HS256, 32 bytes at least as UTF-8
	 * @param algorithm what it signs with, {@code RS256} by default; {@code HS256} with a
	 * secret and only then
	 * @param roles the roles it may give, {@code user} by default
	 * @param userPrefix what is put in front of {@code sub}, so that its users share no
	 * names with others; nothing by default
	 * @param dpop whether its tokens must be bound to a key (RFC 9449), {@code optional}
	 * or {@code required}; optional by default
	 */
	record Foreign(@Nullable String issuer, @Nullable String audience, @Nullable URI jwkSetUri,
			@DefaultValue("false") boolean discovery, @Nullable String secret, @Nullable String algorithm,
			@DefaultValue("user") Set<String> roles, @DefaultValue("") String userPrefix,
			@DefaultValue("optional") DpopUse dpop) {

		private static final String HMAC = "HS256";

		private static final Set<String> ASYMMETRIC = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
				"ES256", "ES384", "ES512");

		private static final int MIN_SECRET = 32;

		private static final int MAX_PREFIX = 100;

		Foreign {
			roles = Set.copyOf(roles);
		}

		private void check(String property) {
			TokenProperties.check(this.issuer != null && !this.issuer.isBlank(), property + ".issuer is missing");
			TokenProperties.check(this.audience != null && !this.audience.isBlank(), property + ".audience is missing");
			long sources = Stream.of(this.jwkSetUri != null, this.discovery, this.secret != null)
				.filter((present) -> present)
				.count();
			TokenProperties.check(sources == 1, property + " needs exactly one of " + property + ".jwk-set-uri, "
					+ property + ".discovery and " + property + ".secret, but has " + sources);
			checkSource(property);
			TokenProperties.check(this.userPrefix.length() <= MAX_PREFIX,
					property + ".user-prefix must have 100 characters at most");
			TokenProperties.check(!TokenMinter.isService(this.userPrefix),
					property + ".user-prefix must not begin with client:, which names the services here");
		}

		private void checkSource(String property) {
			if (this.secret != null) {
				TokenProperties.check(this.secret.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET,
						property + ".secret must be 32 bytes at least");
				TokenProperties.check(this.algorithm == null || this.algorithm.equals(HMAC),
						property + ".algorithm must be HS256 beside a secret, but is " + this.algorithm);
				return;
			}
			TokenProperties.check(this.algorithm == null || ASYMMETRIC.contains(this.algorithm), property
					+ ".algorithm must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512, but is "
					+ this.algorithm);
			if (this.jwkSetUri != null) {
				TokenProperties.check(HttpFetch.isHttp(this.jwkSetUri),
						property + ".jwk-set-uri must be an http or https URL, but is " + this.jwkSetUri);
			}
			else {
				TokenProperties.check(isHttpUrl(name()),
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

		String name() {
			return (this.issuer != null) ? this.issuer : "";
		}

		String requiredAudience() {
			return (this.audience != null) ? this.audience : "";
		}

		String pinnedAlgorithm() {
			if (this.secret != null) {
				return HMAC;
			}
			return (this.algorithm != null) ? this.algorithm : "RS256";
		}

		/** Keeps the secret out of logs. */
		@Override
		public String toString() {
			return "Foreign[issuer=" + this.issuer + ", audience=" + this.audience + "]";
		}

	}

}
