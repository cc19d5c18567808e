package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import org.jspecify.annotations.Nullable;

/** The one secret of an issuer that signs with HS256. */
final class SecretKeys implements VerificationKeys {

	private final JWSVerifier verifier;

	SecretKeys(String secret) {
		try {
			this.verifier = new MACVerifier(secret.getBytes(StandardCharsets.UTF_8));
		}
		catch (JOSEException ex) {
			throw new IllegalArgumentException("the secret is no HS256 key", ex);
		}
	}

	@Override
	public JWSVerifier find(@Nullable String kid) {
		return this.verifier;
	}

	@Override
	public CompletionStage<Reloaded> reload() {
		return CompletableFuture.completedFuture(Reloaded.DONE);
	}

}
