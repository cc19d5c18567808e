package dev.usher.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReferenceArray;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSVerifier;
import dev.usher.protocol.Sha256;
import dev.usher.protocol.TokenFault;
import org.jspecify.annotations.Nullable;

/**
 * Checks signatures and remembers some of those that fitted, because a service sends one
 * token with each of its calls, and RSA is dearer than all the rest of such a call. Only
 * this is remembered: that exactly this token was signed by exactly this key. Whether the
 * key is still trusted, {@code exp}, revocation and all else is asked each time.
 * <p>
 * A token takes the place of the one that has the same slot, so that nobody can make it
 * grow. Any thread may call; never blocks.
 */
final class KnownSignatures {

	/** Some 300 KB when all are taken. */
	private static final int SLOTS = 4096;

	private final AtomicReferenceArray<@Nullable Signed> slots = new AtomicReferenceArray<>(SLOTS);

	/**
	 * Whether a token was signed by a key.
	 * @throws BadTokenException if that cannot be checked
	 */
	boolean fits(JWSObject token, JWSVerifier key) throws BadTokenException {
		byte[] digest = digest(token);
		int slot = ((digest[0] & 0xff) << 8 | (digest[1] & 0xff)) % SLOTS;
		Signed known = this.slots.get(slot);
		if (known != null && known.key() == key && MessageDigest.isEqual(known.digest(), digest)) {
			return true;
		}
		boolean fits = verify(token, key);
		if (fits) {
			this.slots.set(slot, new Signed(digest, key));
		}
		return fits;
	}

	private static boolean verify(JWSObject token, JWSVerifier key) throws BadTokenException {
		try {
			return token.verify(key);
		}
		catch (JOSEException ex) {
			throw new BadTokenException(TokenFault.SIGNATURE, "the signature cannot be checked");
		}
	}

	/** Over all three parts. */
	private static byte[] digest(JWSObject token) {
		return Sha256.of(token.getParsedString().getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * A token that was signed by a key.
	 *
	 * @param digest of the whole token
	 * @param key the one, not another of the same {@code kid}
	 */
	private record Signed(byte[] digest, JWSVerifier key) {

	}

}
