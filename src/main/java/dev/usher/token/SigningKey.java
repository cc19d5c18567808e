package dev.usher.token;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;

/**
 * One of our RSA keys, with everything prepared that signing and verifying need. Safe for
 * many threads.
 */
final class SigningKey {

	static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

	/** RFC 9068, section 2.1. */
	static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

	private static final int BITS = 2048;

	private final long generation;

	private final Instant signsFrom;

	private final RSAPrivateCrtKey privateKey;

	private final RSAKey publicKey;

	private final JWSHeader header;

	private final JWSSigner signer;

	private final JWSVerifier verifier;

	private SigningKey(long generation, Instant signsFrom, RSAPrivateCrtKey privateKey)
			throws GeneralSecurityException, JOSEException {
		this.generation = generation;
		this.signsFrom = signsFrom;
		this.privateKey = privateKey;
		RSAPublicKey rsa = (RSAPublicKey) KeyFactory.getInstance("RSA")
			.generatePublic(new RSAPublicKeySpec(privateKey.getModulus(), privateKey.getPublicExponent()));
		this.publicKey = new RSAKey.Builder(rsa).keyUse(KeyUse.SIGNATURE)
			.algorithm(ALGORITHM)
			.keyIDFromThumbprint()
			.build();
		this.header = new JWSHeader.Builder(ALGORITHM).type(TYPE).keyID(this.publicKey.getKeyID()).build();
		this.signer = new RSASSASigner(privateKey);
		this.verifier = new RSASSAVerifier(rsa);
	}

	static SigningKey generate(long generation, Instant signsFrom) {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
			generator.initialize(BITS);
			return new SigningKey(generation, signsFrom, (RSAPrivateCrtKey) generator.generateKeyPair().getPrivate());
		}
		catch (GeneralSecurityException | JOSEException ex) {
			throw new IllegalStateException("this Java cannot make an RSA key", ex);
		}
	}

	/** The key that a PKCS #8 document holds. */
	static SigningKey decode(long generation, Instant signsFrom, byte[] pkcs8) {
		try {
			return new SigningKey(generation, signsFrom,
					(RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8)));
		}
		catch (GeneralSecurityException | JOSEException ex) {
			throw new IllegalStateException("a decrypted signing key is no RSA key", ex);
		}
	}

	RSAPrivateCrtKey privateKey() {
		return this.privateKey;
	}

	long generation() {
		return this.generation;
	}

	/** When it begins to sign; it verifies from when it is known. */
	Instant signsFrom() {
		return this.signsFrom;
	}

	/** Its RFC 7638 thumbprint. */
	String kid() {
		return this.publicKey.getKeyID();
	}

	/** Its public half for the JWK set. */
	RSAKey publicKey() {
		return this.publicKey;
	}

	/** The header of every token it signs. */
	JWSHeader header() {
		return this.header;
	}

	JWSSigner signer() {
		return this.signer;
	}

	JWSVerifier verifier() {
		return this.verifier;
	}

	/** Keeps the private key out of logs. */
	@Override
	public String toString() {
		return "SigningKey[generation=" + this.generation + ", kid=" + kid() + "]";
	}

}
