package dev.usher.session;

import tools.jackson.databind.JsonNode;

/**
 * Verifies passkeys. Implemented where they are kept; there is none where they are not
 * configured.
 */
public interface PasskeyVerifier {

	/**
	 * Verifies what an authenticator has signed. Blocks for the database.
	 * @param assertion an {@code AuthenticationResponseJSON} of WebAuthn
	 * @throws WrongPasskeyException if it does not prove who it is
	 */
	PasskeyLogin verify(JsonNode assertion);

}
