package dev.usher.service;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A service that may get tokens.
 *
 * @param id its {@code client_id}
 * @param secretHash the hash of its secret, or null where it has keys
 * @param jwks its public keys as a JWK set, or null where it has a secret
 * @param scopes the words of what it may be allowed
 * @param publish the patterns it may publish to; none for everywhere
 * @param createdAt when it was made
 */
record Client(String id, @Nullable String secretHash, @Nullable String jwks, Set<String> scopes, List<String> publish,
		Instant createdAt) {

	/** Keeps the hash out of logs. */
	@Override
	public String toString() {
		return "Client[" + this.id + "]";
	}

}
