package dev.usher.dpop;

import org.jspecify.annotations.Nullable;

/**
 * A verified credential that is bound to a key.
 *
 * @param thumbprint the thumbprint (RFC 7638) of the key
 * @param text the token or the ticket, whose hash the proof must have as {@code ath}; or
 * null for a session cookie, which no page can read
 */
public record BoundCredential(String thumbprint, @Nullable String text) {

	/** Keeps the credential out of logs. */
	@Override
	public String toString() {
		return "BoundCredential[" + this.thumbprint + "]";
	}

}
