package dev.usher.account;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a password must be, and how many are hashed at once.
 *
 * @param minLength {@code usher.password.min-length}, in characters; 8 by default, which
 * is what NIST SP 800-63B, section 3.1.1.2 sets as the floor
 * @param hashThreads {@code usher.password.hash-threads}, how many passwords are hashed
 * at once; 0, the default, means half of the processors and at least one, so that a flood
 * of logins leaves the other half to the sockets. Each takes 19 MiB while it hashes
 * @param hashQueue {@code usher.password.hash-queue}, how many more may wait for their
 * turn before the next is refused as {@code overloaded}, as is who has waited for 15 s;
 * 100 by default
 */
@ConfigurationProperties("usher.password")
public record PasswordProperties(@DefaultValue("8") int minLength, @DefaultValue("0") int hashThreads,
		@DefaultValue("100") int hashQueue) {

	/** Longer ones are refused: nobody types them, and hashing them costs time. */
	static final int MAX_LENGTH = 1024;

	public PasswordProperties {
		if (minLength < 8 || minLength > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"usher.password.min-length must be from 8 to " + MAX_LENGTH + ", but is " + minLength);
		}
		if (hashThreads < 0) {
			throw new IllegalArgumentException(
					"usher.password.hash-threads must not be negative, but is " + hashThreads);
		}
		if (hashQueue < 1) {
			throw new IllegalArgumentException("usher.password.hash-queue must be at least 1, but is " + hashQueue);
		}
	}

	int threads() {
		return (this.hashThreads > 0) ? this.hashThreads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
	}

}
