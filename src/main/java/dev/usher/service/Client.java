package dev.usher.service;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A service that may get tokens.
 *
 * @param id its {@code client_id}
 * @param secretHashes the hashes of its secrets, the newest last; none where it has keys
 * @param jwks its public keys as a JWK set, or null where it has none
 * @param scopes the words of what it may be allowed
 * @param publish the patterns it may publish to; none for everywhere
 * @param createdAt when it was made
 */
record Client(String id, List<String> secretHashes, @Nullable String jwks, Set<String> scopes, List<String> publish,
		Instant createdAt) {

	/** The most secrets it may have: one, and the one that takes its place. */
	static final int MOST_SECRETS = 2;

	/**
	 * What names a secret to an administrator. A hash of the hash, which opens nothing.
	 */
	static String secretId(String hash) {
		return Secret.hash(hash).substring(0, 8);
	}

	/** What names its secrets. */
	List<String> secretIds() {
		return this.secretHashes.stream().map(Client::secretId).toList();
	}

	/** The same with other credentials. */
	Client with(List<String> hashes, @Nullable String keys) {
		return new Client(this.id, List.copyOf(hashes), keys, this.scopes, this.publish, this.createdAt);
	}

	/** Keeps the hash out of logs. */
	@Override
	public String toString() {
		return "Client[" + this.id + "]";
	}

}
