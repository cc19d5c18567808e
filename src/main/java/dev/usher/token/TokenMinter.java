package dev.usher.token;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;

import org.springframework.stereotype.Component;

/**
 * Mints our own access tokens: RFC 9068 JWTs, {@code typ} {@code at+jwt}, signed RS256,
 * with {@code iss sub aud exp iat jti client_id sid roles}. They live
 * {@code usher.token.lifetime}, 15 minutes by default. Any thread may call; never blocks.
 */
@Component
public class TokenMinter {

	/**
	 * Whoever logs in with a password does so at the gateway, which is then the client.
	 */
	private static final String CLIENT = "usher";

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
	 * @return the token, which expires at a whole second
	 */
	public AccessToken mint(String username, Set<String> roles, String sessionId) {
		Instant issuedAt = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		Instant expiresAt = issuedAt.plusSeconds(this.properties.lifetime().toSeconds());
		Map<String, Object> claims = new LinkedHashMap<>();
		claims.put("iss", this.properties.issuer());
		claims.put("sub", username);
		claims.put("aud", this.properties.audience());
		claims.put("exp", expiresAt.getEpochSecond());
		claims.put("iat", issuedAt.getEpochSecond());
		claims.put("jti", UUID.randomUUID().toString());
		claims.put("client_id", CLIENT);
		claims.put("sid", sessionId);
		claims.put("roles", new TreeSet<>(roles));
		return new AccessToken(sign(claims), expiresAt);
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
