package dev.usher.token;

/** Whether tokens of an issuer must be bound to a key (RFC 9449). */
enum DpopUse {

	/** Bound tokens need a proof, others are bearer tokens. */
	OPTIONAL,

	/** A token that is bound to no key is refused. */
	REQUIRED

}
