package dev.usher.testing;

import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.usher.protocol.Sha256;
import org.jspecify.annotations.Nullable;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * A client's key and the proofs it makes (RFC 9449): always good unless a test spoils
 * one.
 */
public final class ProofKey {

	private final KeyPair keys = TestTokens.keyPair("EC", 256);

	private final ECKey jwk = new ECKey.Builder(Curve.P_256, (ECPublicKey) this.keys.getPublic()).build();

	/** A proof before it is signed. */
	public TestTokens proof(String method, String url, @Nullable String credential, String nonce, Clock clock) {
		return TestTokens.empty()
			.header("typ", "dpop+jwt")
			.header("alg", "ES256")
			.header("jwk", publicJwk())
			.claim("jti", UUID.randomUUID().toString())
			.claim("htm", method)
			.claim("htu", url)
			.claim("iat", clock.instant().getEpochSecond())
			.claim("nonce", nonce)
			.claim("ath", (credential != null) ? hash(credential) : null);
	}

	public String sign(TestTokens proof) {
		return proof.sign(this.keys.getPrivate());
	}

	public Map<String, Object> publicJwk() {
		return this.jwk.toJSONObject();
	}

	/** The same with its private part. */
	public Map<String, Object> privateJwk() {
		return new ECKey.Builder(this.jwk).privateKey(this.keys.getPrivate()).build().toJSONObject();
	}

	public String thumbprint() {
		try {
			return this.jwk.computeThumbprint().toString();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The {@code ath} of a credential. */
	public static String hash(String credential) {
		return TestTokens.encode(Sha256.of(credential.getBytes(US_ASCII)));
	}

}
