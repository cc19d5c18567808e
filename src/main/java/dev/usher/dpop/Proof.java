package dev.usher.dpop;

import java.time.Instant;

import dev.usher.protocol.ProofFault;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

/**
 * A proof that is good for its request but for one thing: whether it was used before.
 * {@link Proofs} asks that, once all else is known to be well.
 */
public final class Proof {

	private final String thumbprint;

	private final String id;

	private final Instant issuedAt;

	private final @Nullable String credentialHash;

	Proof(String thumbprint, String id, Instant issuedAt, @Nullable String credentialHash) {
		this.thumbprint = thumbprint;
		this.id = id;
		this.issuedAt = issuedAt;
		this.credentialHash = credentialHash;
	}

	/** The thumbprint (RFC 7638) of the key that made it. */
	public String thumbprint() {
		return this.thumbprint;
	}

	/** Its {@code jti}. */
	String id() {
		return this.id;
	}

	/** Its {@code iat}. */
	Instant issuedAt() {
		return this.issuedAt;
	}

	/** Checks that it belongs to a credential. */
	void check(BoundCredential credential) throws BadProofException {
		String text = credential.text();
		if (text != null && (this.credentialHash == null || !Secret.isEqual(Secret.hash(text), this.credentialHash))) {
			throw new BadProofException(ProofFault.CREDENTIAL);
		}
		if (!Secret.isEqual(credential.thumbprint(), this.thumbprint)) {
			throw new BadProofException(ProofFault.HOLDER);
		}
	}

	@Override
	public String toString() {
		return "Proof[" + this.thumbprint + "]";
	}

}
