package dev.usher.session;

import dev.usher.dpop.Proof;
import org.jspecify.annotations.Nullable;

/**
 * How a session is to begin, however its user was authenticated.
 *
 * @param device where it is
 * @param cookie a cookie that is to open it too, or null
 * @param proof of the key that all its credentials are to be bound to, or null for bearer
 * tokens
 */
record NewSession(Device device, @Nullable SessionCookie cookie, @Nullable Proof proof) {

	@Nullable String keyThumbprint() {
		return (this.proof != null) ? this.proof.thumbprint() : null;
	}

}
