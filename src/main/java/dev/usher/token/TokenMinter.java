package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Mints our own access tokens: RFC 9068 JWTs, {@code typ} {@code at+jwt}, signed RS256,
 * with {@code iss sub aud exp iat jti client_id roles} and {@code sid} or, of a service,
 * {@code scope publish}, and {@code cnf} where they are bound to a key. They live
 * {@code usher.token.lifetime}, 15 minutes by default. Any thread may call; never blocks.
 */
@Component
public class TokenMinter {

	/**
	 * Whoever logs in with a password does so at the gateway, which is then the client.
	 */
	private static final String CLIENT = "usher";

	/**
	 * In front of a service's name, so that none is taken for a user: no account has a
	 * colon in its name.
	 */
	private static final String SERVICE_PREFIX = "client:";

	/** The role every service has, for rules to name. */
	private static final String SERVICE_ROLE = "service";

	private final SigningKeys keys;

	private final Clock clock;

	private final TokenProperties.Own properties;

	TokenMinter(SigningKeys keys, Clock clock, TokenProperties properties) {
		this.keys = keys;
		this.clock = clock;
		this.properties = properties.token();
	}

	/**
	 * Mints an access token.
	 * @param username its {@code sub}
	 * @param roles its {@code roles}
	 * @param sessionId its {@code sid}, the session that owns it
	 * @param keyThumbprint its {@code cnf.jkt}, the key it is bound to, or null for none
	 * @return the token, which expires at a whole second
	 */
	public AccessToken mint(String username, Set<String> roles, String sessionId, @Nullable String keyThumbprint) {
		Instant issuedAt = now();
		Map<String, Object> claims = claims(username, CLIENT, issuedAt);
		claims.put("sid", sessionId);
		claims.put("roles", new TreeSet<>(roles));
		bind(claims, keyThumbprint);
		return new AccessToken(sign(claims), expiry(issuedAt));
	}

	/**
	 * Mints the access token of a service, which has no session.
	 * @param clientId its {@code client_id}; {@code sub} is {@link #nameOfService} of it
	 * @param scopes its {@code scope}
	 * @param roles its {@code roles} beside {@code service}, which every service has
	 * @param publish its {@code publish}, patterns of destinations
	 * @param keyThumbprint its {@code cnf.jkt}, the key it is bound to, or null for none
	 * @return the token, which expires at a whole second
	 */
	public AccessToken mintForService(String clientId, Set<String> scopes, Set<String> roles, List<String> publish,
			@Nullable String keyThumbprint) {
		Instant issuedAt = now();
		Map<String, Object> claims = claims(nameOfService(clientId), clientId, issuedAt);
		claims.put("scope", String.join(" ", new TreeSet<>(scopes)));
		Set<String> all = new TreeSet<>(roles);
		all.add(SERVICE_ROLE);
		claims.put("roles", all);
		claims.put("publish", List.copyOf(publish));
		bind(claims, keyThumbprint);
		return new AccessToken(sign(claims), expiry(issuedAt));
	}

	/** RFC 9449, section 6.1. */
	private static void bind(Map<String, Object> claims, @Nullable String keyThumbprint) {
		if (keyThumbprint != null) {
			claims.put("cnf", Map.of("jkt", keyThumbprint));
		}
	}

	/** Whether every token of ours must be bound to a key. */
	public boolean isBoundOnly() {
		return this.properties.dpop() == DpopUse.REQUIRED;
	}

	/** The name a service is known by wherever a user's would stand. */
	public static String nameOfService(String clientId) {
		return SERVICE_PREFIX + clientId;
	}

	static boolean isService(String name) {
		return name.startsWith(SERVICE_PREFIX);
	}

	/** The {@code iss} of our tokens. */
	public String issuer() {
		return this.properties.issuer();
	}

	/** How long a token lives. */
	public Duration lifetime() {
		return this.properties.lifetime();
	}

	/** Dates in tokens are whole seconds. */
	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
	}

	private Instant expiry(Instant issuedAt) {
		return issuedAt.plusSeconds(this.properties.lifetime().toSeconds());
	}

	private Map<String, Object> claims(String subject, String clientId, Instant issuedAt) {
		Map<String, Object> claims = new LinkedHashMap<>();
		claims.put("iss", this.properties.issuer());
		claims.put("sub", subject);
		claims.put("aud", this.properties.audience());
		claims.put("exp", expiry(issuedAt).getEpochSecond());
		claims.put("iat", issuedAt.getEpochSecond());
		claims.put("jti", UUID.randomUUID().toString());
		claims.put("client_id", clientId);
		return claims;
	}

	private String sign(Map<String, Object> claims) {
		SigningKey key = this.keys.current();
		try {
			JWSObject token = new JWSObject(key.header(), new Payload(claims));
			token.sign(key.signer());
			return token.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException("the signing key cannot sign", ex);
		}
	}

}
