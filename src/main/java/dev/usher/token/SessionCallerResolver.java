package dev.usher.token;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Makes the caller of a session for credentials that are no tokens. It is the caller that
 * an access token minted at this moment would make of its bearer, and it ends when that
 * token would: whoever lost a role keeps it no longer than with a token. Any thread may
 * call; never blocks.
 */
@Component
public class SessionCallerResolver {

	private final AccessRules rules;

	private final Clock clock;

	private final TokenProperties.Own properties;

	SessionCallerResolver(AccessRules rules, Clock clock, TokenProperties properties) {
		this.rules = rules;
		this.clock = clock;
		this.properties = properties.token();
	}

	/**
	 * Builds the caller of a request with a session's credential; it lasts as long as a
	 * token of ours would.
	 * @param username the account's name
	 * @param roles the account's roles as they are now
	 * @param sessionId the session the credential belongs to, which is alive
	 * @param keyThumbprint of the key the session is bound to, or null
	 * @throws RefusedException {@link Reason#UNAUTHORIZED} for a session that is bound to
	 * none where {@code usher.token.dpop} is {@code required}
	 */
	public Caller resolve(String username, Set<String> roles, String sessionId, @Nullable String keyThumbprint) {
		if (keyThumbprint == null && this.properties.dpop() == DpopUse.REQUIRED) {
			throw new RefusedException(Reason.UNAUTHORIZED);
		}
		Instant now = this.clock.instant();
		return new Caller(username, Set.copyOf(roles), this.rules.permissions(username, roles, List.of(), List.of()),
				this.properties.issuer(), sessionId, UUID.randomUUID().toString(), now,
				now.plus(this.properties.lifetime()), keyThumbprint);
	}

}
