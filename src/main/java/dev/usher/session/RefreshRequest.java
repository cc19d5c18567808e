package dev.usher.session;

import dev.usher.protocol.RequiredMember;

/**
 * The body of {@code POST /auth/refresh}.
 *
 * @param refreshToken the token of the last answer
 */
record RefreshRequest(String refreshToken) {

	RefreshRequest {
		RequiredMember.check("refresh_token", refreshToken);
	}

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "RefreshRequest";
	}

}
