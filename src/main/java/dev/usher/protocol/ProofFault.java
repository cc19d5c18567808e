package dev.usher.protocol;

import java.util.Locale;

/**
 * What was bad of a proof of possession (RFC 9449, section 4.3). Over HTTP its sender is
 * told, in a sentence that any client may read; the log and the metrics have the word.
 */
public enum ProofFault {

	/** There is none where one is needed. */
	MISSING("The credential is bound to a key. Send a proof of that key in the header DPoP."),

	/**
	 * It cannot be read, there are several, or a claim is missing or of the wrong type.
	 */
	MALFORMED("The header DPoP must be there once: a compact JWS of typ dpop+jwt and at most 8192 characters, "
			+ "with jti, htm, htu and iat."),

	/** Its {@code alg} is not on the list. */
	ALGORITHM(
			"The alg of the DPoP proof must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512."),

	/** Its key is private, of another type, or too weak or too large. */
	KEY("The jwk of the DPoP proof must be a public key: RSA of 2048 to 4096 bits, or EC of P-256, P-384 or P-521."),

	/** The signature does not fit the key. */
	SIGNATURE("The signature of the DPoP proof does not fit its jwk."),

	/** It is for another method. */
	METHOD("The htm of the DPoP proof is not the method of this request."),

	/** It is for another URL. */
	URL("The htu of the DPoP proof is not the URL of this request."),

	/** It is for another credential. */
	CREDENTIAL("The ath of the DPoP proof is not the hash of the credential that came with it."),

	/** It is of another key than the credential is bound to. */
	HOLDER("The DPoP proof is of another key than the credential is bound to."),

	/** It was made too long ago, or in the future. */
	AGE("The iat of the DPoP proof is more than 5 minutes from now."),

	/** It has no nonce of ours, or one that is too old. */
	NONCE(Reason.USE_DPOP_NONCE.message()),

	/** It was used before, here or on another node. */
	REUSED("The DPoP proof was used before. Make one for each request.");

	private final String sentence;

	ProofFault(String sentence) {
		this.sentence = sentence;
	}

	/** The word in the log and the metrics. */
	public String word() {
		return "proof_" + name().toLowerCase(Locale.ROOT);
	}

	/** A sentence that is safe to show to anybody. */
	public String sentence() {
		return this.sentence;
	}

}
