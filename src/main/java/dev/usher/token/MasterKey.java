package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that encrypts the signing keys, so that a copy of the database alone can mint
 * nothing. AES-256-GCM (NIST SP 800-38D) with a random 96-bit IV, and the key's id as
 * additional data, so that no row can be passed off as another. Safe for many threads.
 */
final class MasterKey {

	/** Bytes of a key: AES-256. */
	static final int LENGTH = 32;

	private static final String CIPHER = "AES/GCM/NoPadding";

	private static final String HMAC = "HmacSHA256";

	private static final int IV_LENGTH = 12;

	private static final int TAG_BITS = 128;

	private static final SecureRandom random = new SecureRandom();

	private final SecretKey key;

	private final String source;

	/**
	 * @param key 32 bytes
	 * @param source the property or file that holds it, for messages to an operator
	 * @throws IllegalArgumentException where the key has another length
	 */
	MasterKey(byte[] key, String source) {
		if (key.length != LENGTH) {
			throw new IllegalArgumentException("a master key has 32 bytes");
		}
		this.key = new SecretKeySpec(key, "AES");
		this.source = source;
	}

	static byte[] newKey() {
		return randomBytes(LENGTH);
	}

	/** Where an operator finds this key. */
	String source() {
		return this.source;
	}

	/**
	 * Encrypts with AES-GCM, a fresh IV and the key id as associated data.
	 * @param kid the id that decrypting must name again
	 * @return IV, ciphertext and tag in base64
	 */
	String encrypt(byte[] plain, String kid) {
		byte[] iv = randomBytes(IV_LENGTH);
		try {
			byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, iv, kid).doFinal(plain);
			byte[] whole = Arrays.copyOf(iv, IV_LENGTH + encrypted.length);
			System.arraycopy(encrypted, 0, whole, IV_LENGTH, encrypted.length);
			return Base64.getEncoder().encodeToString(whole);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("this Java has no AES-256-GCM", ex);
		}
	}

	/**
	 * Decrypts what {@link #encrypt} answered.
	 * @throws UnusableKeyException where this key or this id did not encrypt it
	 */
	byte[] decrypt(String encrypted, String kid) {
		try {
			byte[] whole = Base64.getDecoder().decode(encrypted);
			if (whole.length < IV_LENGTH) {
				throw wrongKey();
			}
			byte[] iv = Arrays.copyOf(whole, IV_LENGTH);
			return cipher(Cipher.DECRYPT_MODE, iv, kid).doFinal(whole, IV_LENGTH, whole.length - IV_LENGTH);
		}
		catch (AEADBadTagException | IllegalArgumentException ex) {
			throw wrongKey();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("this Java has no AES-256-GCM", ex);
		}
	}

	/**
	 * HMAC-SHA256 under a key that is itself one of the purpose under this key, so that
	 * what one purpose gives away says nothing of another.
	 */
	byte[] derive(String purpose, String text) {
		return hmac(hmac(this.key.getEncoded(), purpose), text);
	}

	private static byte[] hmac(byte[] key, String text) {
		try {
			Mac mac = Mac.getInstance(HMAC);
			mac.init(new SecretKeySpec(key, HMAC));
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HMAC-SHA256", ex);
		}
	}

	private UnusableKeyException wrongKey() {
		return new UnusableKeyException(
				"The signing keys in the database cannot be decrypted with the key in " + this.source + ".",
				"Give the key they were encrypted with: the 'signing.key' file of the data folder that made them,"
						+ " or the same usher.token.key as on the other nodes."
						+ " If that key is lost, empty the table signing_keys; every access token dies with it.");
	}

	private Cipher cipher(int mode, byte[] iv, String kid) throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance(CIPHER);
		cipher.init(mode, this.key, new GCMParameterSpec(TAG_BITS, iv));
		cipher.updateAAD(kid.getBytes(StandardCharsets.UTF_8));
		return cipher;
	}

	private static byte[] randomBytes(int length) {
		byte[] bytes = new byte[length];
		random.nextBytes(bytes);
		return bytes;
	}

	/** Keeps the key out of logs. */
	@Override
	public String toString() {
		return "MasterKey[source=" + this.source + "]";
	}

}
