package dev.usher.token;

import java.util.Set;

import org.springframework.stereotype.Component;

/**
 * Mints our own access tokens.
 */
@Component
public class TokenMinter {

	TokenMinter() {
	}

	/**
	 * Mints an access token.
	 * @param username its {@code sub}
	 * @param roles its {@code roles}
	 * @param sessionId its {@code sid}, the session that owns it
	 */
	public AccessToken mint(String username, Set<String> roles, String sessionId) {
		throw new UnsupportedOperationException();
	}

}
