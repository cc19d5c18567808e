package dev.usher.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4). */
public final class Sha256 {

	private Sha256() {
	}

	/** The hash of some bytes, 32 bytes. */
	public static byte[] of(byte[] bytes) {
		return digest().digest(bytes);
	}

	/** A hash that is taken of several parts. */
	static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

}
