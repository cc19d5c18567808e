package dev.usher.token;

import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
record TokenProperties(@DefaultValue Own token, @Nullable List<ForeignIssuer> issuers) {

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

	List<ForeignIssuer> trusted() {
		return (this.issuers != null) ? this.issuers : List.of();
	}

	/** The bytes of a {@code usher.token.key}. */
	static byte[] decodeKey(String key) {
		return Base64.getDecoder().decode(key.strip());
	}

	/**
	 * Prefixes of other issuers that begin with this one's: what begins with them is the
	 * others' name, however it came about.
	 */
	List<String> prefixesWithin(ForeignIssuer issuer) {
		return trusted().stream()
			.map(ForeignIssuer::prefix)
			.filter((prefix) -> prefix.startsWith(issuer.prefix()) && !prefix.equals(issuer.prefix()))
			.distinct()
			.toList();
	}

	static void check(boolean holds, String sentence) {
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

}
