package dev.usher.session;

/**
 * The answer to a login and to a refresh.
 *
 * @param accessToken the JWT
 * @param tokenType {@code Bearer}, or {@code DPoP} where all this is bound to a key
 * @param expiresIn the seconds it lives
 * @param refreshToken works once
 * @param sessionId the session that owns both
 */
record TokenAnswer(String accessToken, String tokenType, long expiresIn, String refreshToken, String sessionId) {

	/** Keeps the tokens out of logs. */
	@Override
	public String toString() {
		return "TokenAnswer[sessionId=" + this.sessionId + "]";
	}

}
