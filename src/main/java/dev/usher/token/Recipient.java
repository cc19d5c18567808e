package dev.usher.token;

import java.util.List;
import java.util.Set;

import dev.usher.protocol.TokenFault;
import org.jspecify.annotations.Nullable;

/**
 * How an issuer's tokens say that they are meant for us. What is set must hold; one of
 * the two is.
 *
 * @param audience what {@code aud} must hold, or null for tokens that have none
 * @param clientIds whom tokens may be issued to, none for anybody
 */
record Recipient(@Nullable String audience, Set<String> clientIds) {

	/** What {@code client_id} is called in OpenID Connect. */
	private static final List<String> CLIENT_CLAIMS = List.of("client_id", "azp");

	/** Refuses a token that is meant for somebody else. */
	void check(Claims claims) throws BadTokenException {
		if (this.audience != null && !claims.isMeantFor(this.audience)) {
			throw new BadTokenException(TokenFault.AUDIENCE, "aud is not " + this.audience);
		}
		// RFC 7519, section 4.1.3: one that names recipients is for none but those.
		if (this.audience == null && claims.has("aud")) {
			throw new BadTokenException(TokenFault.AUDIENCE, "aud is there, and no audience is configured");
		}
		if (!this.clientIds.isEmpty() && !this.clientIds.contains(client(claims))) {
			throw new BadTokenException(TokenFault.CLIENT, "client_id is none of those configured");
		}
	}

	private static String client(Claims claims) throws BadTokenException {
		for (String name : CLIENT_CLAIMS) {
			String id = claims.string(name);
			if (id != null) {
				return id;
			}
		}
		throw new BadTokenException(TokenFault.CLIENT, "client_id is missing");
	}

}
