package dev.usher.protocol;

import java.util.Locale;

/**
 * What was bad of a token that is {@link Reason#UNAUTHORIZED}. For operators alone:
 * whoever showed it is not told.
 */
public enum TokenFault {

	/** It is no JWT, or its JSON cannot be read. */
	MALFORMED,

	/** Nobody we trust is its {@code iss}. */
	ISSUER,

	/** Its {@code alg} is not the one its issuer signs with. */
	ALGORITHM,

	/** Its {@code typ}, or a header we do not understand. */
	TYPE,

	/** Its issuer has no key of its {@code kid}. */
	KEY,

	/** The signature does not fit. */
	SIGNATURE,

	/** It is meant for somebody else. */
	AUDIENCE,

	/** It was issued to a client whose tokens its issuer may not give us. */
	CLIENT,

	/** What names its user is no name, or one its issuer may not give. */
	SUBJECT,

	/**
	 * The claim that {@code user-claim} names is missing or no string, or is an e-mail
	 * address that nobody has verified.
	 */
	USER_CLAIM,

	/** A claim is missing, or of the wrong type. */
	CLAIM,

	/** Its {@code nbf} or {@code iat} is in the future. */
	NOT_YET,

	/** It lives longer than {@code usher.token.max-lifetime}. */
	LIFETIME,

	/**
	 * It is bound to a key and was shown as a bearer token, or it is bound to none where
	 * that is needed.
	 */
	BINDING,

	/** The extension that maps its claims to roles failed. */
	ROLES;

	/** The word in the log and the metrics. */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

}
