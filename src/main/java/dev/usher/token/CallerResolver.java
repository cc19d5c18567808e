package dev.usher.token;

import java.util.List;
import java.util.Set;

import dev.usher.access.AccessRules;
import dev.usher.access.Caller;
import dev.usher.protocol.TokenFault;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Tells who a verified token makes of its bearer: their name, their roles and what they
 * may do. The one place that limits what another issuer can give.
 */
@Component
class CallerResolver {

	private final AccessRules rules;

	CallerResolver(AccessRules rules) {
		this.rules = rules;
	}

	Caller resolve(TrustedIssuer issuer, Claims claims) throws BadTokenException {
		String name = issuer.users().of(claims);
		if (!issuer.own() && TokenMinter.isService(name)) {
			throw new BadTokenException(TokenFault.SUBJECT, "sub is the name of a service here");
		}
		Set<String> roles = issuer.own() ? own(claims.words(ClaimPath.ROLES))
				: issuer.roles().of(claims.words(issuer.roles().claim()));
		return new Caller(name, roles,
				this.rules.permissions(name, roles, orNone(claims.strings("subscribe")),
						orNone(claims.strings("publish"))),
				issuer.name(), sessionId(issuer, name, claims),
				issuer.own() ? claims.requiredId("jti") : claims.id("jti"),
				issuer.own() ? claims.requiredInstant("iat") : claims.instant("iat"), claims.requiredInstant("exp"),
				claims.boundKey());
	}

	/**
	 * The same caller with the roles that an extension made of the claims, limited as the
	 * token's own would be.
	 */
	Caller withRoles(Caller caller, TrustedIssuer issuer, Claims claims, Set<String> given) throws BadTokenException {
		Set<String> roles = issuer.roles().allowedOf(given);
		return new Caller(caller.name(), roles,
				this.rules.permissions(caller.name(), roles, orNone(claims.strings("subscribe")),
						orNone(claims.strings("publish"))),
				caller.issuer(), caller.sessionId(), caller.tokenId(), caller.issuedAt(), caller.expiresAt(),
				caller.keyThumbprint());
	}

	/** A user's own token comes from a session; a service has none. */
	private static @Nullable String sessionId(TrustedIssuer issuer, String name, Claims claims)
			throws BadTokenException {
		return (issuer.own() && !TokenMinter.isService(name)) ? claims.requiredId("sid") : null;
	}

	private static Set<String> own(@Nullable List<String> roles) {
		return (roles != null) ? Set.copyOf(roles) : Set.of();
	}

	private static List<String> orNone(@Nullable List<String> patterns) {
		return (patterns != null) ? patterns : List.of();
	}

}
