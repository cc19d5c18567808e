package dev.usher.dpop;

import java.nio.charset.StandardCharsets;
import java.security.Provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.Base64URL;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the signatures of proofs with Nimbus. Each is of another key and checked once,
 * so nothing can be remembered; on Java 17 one of P-256 takes the JDK ten times as long
 * as Conscrypt, which is used where its library loads. Any thread may call.
 */
final class ProofSignatures {

	private static final Logger logger = LoggerFactory.getLogger(ProofSignatures.class);

	/** Loads a native library of some megabytes, when the first proof comes. */
	private static final class Fast {

		private static final @Nullable Provider PROVIDER = provider();

		private static @Nullable Provider provider() {
			try {
				Conscrypt.checkAvailability();
				return Conscrypt.newProvider();
			}
			catch (LinkageError ex) {
				logger.info("Proofs are verified by the JDK, because Conscrypt cannot be used here: {}",
						ex.getMessage());
				return null;
			}
		}

	}

	/**
	 * Whether a key signed a proof.
	 * @param key the public key of its header
	 * @param algorithm of its header
	 * @param signed header and claims as they came
	 * @throws JOSEException where the algorithm is not one of the key, or the key none of
	 * its curve
	 */
	boolean fits(JWK key, JWSAlgorithm algorithm, String signed, Base64URL signature) throws JOSEException {
		try {
			return verifier(key).verify(new JWSHeader(algorithm), signed.getBytes(StandardCharsets.US_ASCII),
					signature);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new JOSEException(ex.getMessage(), ex);
		}
	}

	private static JWSVerifier verifier(JWK key) throws JOSEException {
		if (!(key instanceof ECKey ec)) {
			return new RSASSAVerifier(key.toRSAKey());
		}
		if (Fast.PROVIDER == null) {
			return new ECDSAVerifier(ec);
		}
		ECDSAVerifier verifier = new ECDSAVerifier(ec.toECPublicKey(Fast.PROVIDER));
		verifier.getJCAContext().setProvider(Fast.PROVIDER);
		return verifier;
	}

}
