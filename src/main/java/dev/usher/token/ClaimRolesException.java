package dev.usher.token;

import dev.usher.protocol.TokenFault;

/** The converter of an extension failed, so the token gives nothing. */
final class ClaimRolesException extends BadTokenException {

	private final Throwable failure;

	ClaimRolesException(Throwable failure) {
		super(TokenFault.ROLES, "the converter of its claims failed");
		this.failure = failure;
	}

	/** What the converter threw. */
	Throwable failure() {
		return this.failure;
	}

}
