package dev.usher.token;

import java.time.Instant;

/**
 * A minted access token.
 *
 * @param value the compact JWT
 * @param expiresAt its {@code exp}
 */
public record AccessToken(String value, Instant expiresAt) {

	/** Keeps the token out of logs. */
	@Override
	public String toString() {
		return "AccessToken[expiresAt=" + this.expiresAt + "]";
	}

}
