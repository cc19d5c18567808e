package dev.usher.passkey;

import java.time.Instant;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A passkey as it is kept. Bytes are in base64url.
 *
 * @param id the id that is shown
 * @param username whose it is
 * @param handle what the authenticator knows its owner by
 * @param credentialId the id the authenticator gave it
 * @param name what its owner calls it
 * @param attestation what the authenticator said when it made it, with the public key
 * @param signCount how often the authenticator says it has signed; 0 of one that does not
 * count
 * @param transports how a browser may reach it
 * @param userVerified whether its owner was verified when it was made
 * @param backupEligible whether it may be copied to other devices
 * @param backedUp whether it was, when it was registered
 * @param createdAt when it was registered
 * @param lastUsedAt when it was last logged in with, or null where it never was
 */
record Passkey(String id, String username, String handle, String credentialId, String name, String attestation,
		long signCount, Set<String> transports, boolean userVerified, boolean backupEligible, boolean backedUp,
		Instant createdAt, @Nullable Instant lastUsedAt) {

	@Override
	public String toString() {
		return "Passkey[" + this.id + "]";
	}

}
