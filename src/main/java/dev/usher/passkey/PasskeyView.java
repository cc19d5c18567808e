package dev.usher.passkey;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * A passkey as it is shown.
 *
 * @param passkeyId its id
 * @param name what its owner calls it
 * @param createdAt when it was registered
 * @param lastUsedAt when it was last logged in with, absent where it never was
 * @param transports how a browser may reach it, in the order of the alphabet
 * @param synced whether it was copied to other devices of its owner when it was
 * registered
 */
record PasskeyView(String passkeyId, String name, Instant createdAt, @Nullable Instant lastUsedAt,
		Set<String> transports, boolean synced) {

	static PasskeyView of(Passkey passkey) {
		return new PasskeyView(passkey.id(), passkey.name(), passkey.createdAt(), passkey.lastUsedAt(),
				new TreeSet<>(passkey.transports()), passkey.backedUp());
	}

}
