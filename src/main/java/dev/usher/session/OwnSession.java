package dev.usher.session;

import dev.usher.access.Caller;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/**
 * What is about sessions is for callers that have one: a token of another issuer may
 * carry the name of a user here, and must not reach that user's sessions by it.
 */
public final class OwnSession {

	private OwnSession() {
	}

	/**
	 * The session of a caller.
	 * @throws RefusedException {@link Reason#FORBIDDEN} where they have none
	 */
	public static String of(Caller caller) {
		if (caller.sessionId() == null) {
			throw new RefusedException(Reason.FORBIDDEN, "This token belongs to no session here.");
		}
		return caller.sessionId();
	}

}
