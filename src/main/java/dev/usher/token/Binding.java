package dev.usher.token;

/** Whether a token must be bound to a key (RFC 9449). */
enum Binding {

	/** It came as a bearer token, so it must not be. */
	NONE,

	/** It came with a proof of a key, so it must be. */
	KEY,

	/** It is only asked about. */
	EITHER

}
