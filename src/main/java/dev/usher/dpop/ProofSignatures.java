package dev.usher.dpop;

import java.security.Provider;
import java.text.ParseException;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
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
				logger.info("Proofs are verified by the JDK, because Conscrypt cannot be used here");
				return null;
			}
		}

	}

	/**
	 * Whether a key signed a proof.
	 * @param proof in compact form
	 * @param key the public key of its header
	 * @throws JOSEException where the algorithm of its header is not one of the key
	 */
	boolean fits(String proof, JWK key) throws JOSEException {
		try {
			return JWSObject.parse(proof).verify(verifier(key));
		}
		catch (ParseException | IllegalArgumentException | IllegalStateException ex) {
			throw new JOSEException(ex.getMessage(), ex);
		}
	}

	private static JWSVerifier verifier(JWK key) throws JOSEException {
		if (!(key instanceof ECKey ec)) {
			return new RSASSAVerifier(key.toRSAKey());
		}
		ECDSAVerifier verifier = new ECDSAVerifier(ec);
		if (Fast.PROVIDER != null) {
			verifier.getJCAContext().setProvider(Fast.PROVIDER);
		}
		return verifier;
	}

}
