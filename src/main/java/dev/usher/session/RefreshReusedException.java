package dev.usher.session;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/** A refresh token that had been replaced was used again; its session has ended. */
final class RefreshReusedException extends RefusedException {

	private final SessionRow session;

	RefreshReusedException(SessionRow session) {
		super(Reason.REFRESH_REUSED);
		this.session = session;
	}

	SessionRow session() {
		return this.session;
	}

}
