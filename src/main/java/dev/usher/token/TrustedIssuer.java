package dev.usher.token;

import java.util.Set;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import dev.usher.protocol.TokenFault;
import org.jspecify.annotations.Nullable;

/**
 * An issuer whose tokens we take, and what they must look like.
 *
 * @param name its {@code iss}
 * @param recipient how its tokens say that they are for us
 * @param algorithm the one {@code alg} it signs with; a token never chooses
 * @param own whether it is this gateway
 * @param roles the roles it may give; those of our own tokens are not limited
 * @param users what its users are called
 * @param keys what verifies its tokens
 * @param boundOnly whether its tokens must be bound to a key
 */
record TrustedIssuer(String name, Recipient recipient, JWSAlgorithm algorithm, boolean own, GivenRoles roles,
		UserNames users, VerificationKeys keys, boolean boundOnly) {

	/** RFC 9068, section 4: the short and the long form. */
	private static final Set<JOSEObjectType> TYPES = Set.of(new JOSEObjectType("at+jwt"),
			new JOSEObjectType("application/at+jwt"), JOSEObjectType.JWT);

	/**
	 * Checks what the header claims before any key is looked for. Header members that
	 * bring a key along ({@code jku}, {@code jwk}, {@code x5u}, {@code x5c}) are never
	 * looked at.
	 * @throws BadTokenException where it may not be so
	 */
	void check(JWSHeader header) throws BadTokenException {
		if (!this.algorithm.equals(header.getAlgorithm())) {
			throw new BadTokenException(TokenFault.ALGORITHM, "alg is not " + this.algorithm);
		}
		// RFC 7515, section 4.1.11: we understand no extension, so none may be critical.
		if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
			throw new BadTokenException(TokenFault.TYPE, "crit or an unencoded payload is there");
		}
		JOSEObjectType type = header.getType();
		if (!(this.own ? SigningKey.TYPE.equals(type) : isForeignType(type))) {
			throw new BadTokenException(TokenFault.TYPE, "typ is none of those allowed");
		}
	}

	private static boolean isForeignType(@Nullable JOSEObjectType type) {
		return type == null || TYPES.contains(type);
	}

}
