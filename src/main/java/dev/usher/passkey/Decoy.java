package dev.usher.passkey;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.HexFormat;

import dev.usher.protocol.Sha256;

/**
 * A credential that nobody has, to verify signatures of unknown credentials with: so that
 * these take as long as wrong ones of known credentials, and nobody learns which exist.
 * Nobody can sign for it, as its private key is never kept.
 */
final class Decoy {

	private static final int COORDINATE = 32;

	private static final int ID_BYTES = 16;

	private static final int AAGUID_BYTES = 16;

	private static final HexFormat hex = HexFormat.of();

	private final byte[] attestation;

	Decoy(String rpId) {
		this.attestation = attestation(rpId, publicKey());
	}

	/** What an authenticator would have said when it made it. */
	byte[] attestation() {
		return this.attestation.clone();
	}

	private static ECPublicKey publicKey() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(new ECGenParameterSpec("secp256r1"));
			return (ECPublicKey) generator.generateKeyPair().getPublic();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("this Java has no P-256", ex);
		}
	}

	/** CBOR of {@code {"fmt": "none", "attStmt": {}, "authData": …}}. */
	private static byte[] attestation(String rpId, ECPublicKey key) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		byte[] data = authenticatorData(rpId, key);
		write(out, "a3 63666d74 646e6f6e65 6761747453746d74 a0 686175746844617461 58");
		out.write(data.length);
		out.writeBytes(data);
		return out.toByteArray();
	}

	/** WebAuthn, section 6.1: user present and verified, with a credential, count 0. */
	private static byte[] authenticatorData(String rpId, ECPublicKey key) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.writeBytes(Sha256.of(rpId.getBytes(StandardCharsets.UTF_8)));
		write(out, "45 00000000");
		out.writeBytes(new byte[AAGUID_BYTES]);
		write(out, "0010");
		byte[] id = new byte[ID_BYTES];
		new SecureRandom().nextBytes(id);
		out.writeBytes(id);
		// A COSE key (RFC 9053): EC2, ES256, P-256, x, y.
		write(out, "a5 0102 0326 2001 215820");
		out.writeBytes(coordinate(key.getW().getAffineX()));
		write(out, "225820");
		out.writeBytes(coordinate(key.getW().getAffineY()));
		return out.toByteArray();
	}

	private static void write(ByteArrayOutputStream out, String text) {
		out.writeBytes(hex.parseHex(text.replace(" ", "")));
	}

	private static byte[] coordinate(BigInteger value) {
		byte[] bytes = value.toByteArray();
		byte[] padded = new byte[COORDINATE];
		int length = Math.min(bytes.length, COORDINATE);
		System.arraycopy(bytes, bytes.length - length, padded, COORDINATE - length, length);
		return padded;
	}

}
