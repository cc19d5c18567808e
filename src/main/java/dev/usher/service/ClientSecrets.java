package dev.usher.service;

import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Secrets of clients and their hashes. A secret is 256 random bits that we have made, not
 * a password that a person has thought of: nobody can try them all, so a memory-hard hash
 * would protect nothing and let a flood of token requests take the memory and the threads
 * that logins need. One SHA-256 keeps whoever reads the database from using what is
 * there.
 */
final class ClientSecrets implements PasswordEncoder {

	private static final int MAX_LENGTH = 1024;

	@Override
	public String encode(@Nullable CharSequence secret) {
		return Secret.hash(String.valueOf(secret));
	}

	/**
	 * Whether it is one of a client's secrets. Takes the same time wherever they differ.
	 * @param hashes with blanks between them
	 */
	@Override
	public boolean matches(@Nullable CharSequence secret, @Nullable String hashes) {
		if (secret == null || hashes == null || secret.length() > MAX_LENGTH) {
			return false;
		}
		String shown = Secret.hash(secret.toString());
		boolean fits = false;
		for (String hash : hashes.split(" ")) {
			fits |= Secret.isEqual(shown, hash);
		}
		return fits;
	}

}
