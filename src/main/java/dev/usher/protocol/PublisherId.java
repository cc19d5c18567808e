package dev.usher.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * Who publishes: a verified name together with the issuer that vouches for it. A service
 * of ours is {@code client:} and its id; a user of another issuer is never one of ours,
 * whatever they are called.
 *
 * @param issuer who vouches for the name
 * @param name the verified name
 */
public record PublisherId(String issuer, String name) {

	/**
	 * The key of this publisher in the database: 43 letters, digits, {@code -} and
	 * {@code _}. A hash over both parts, the length of the first in front, so that no two
	 * publishers share one by choosing names with separators, and no name is too long.
	 */
	public String key() {
		byte[] first = this.issuer.getBytes(StandardCharsets.UTF_8);
		byte[] second = this.name.getBytes(StandardCharsets.UTF_8);
		MessageDigest digest = Sha256.digest();
		digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(first.length).array());
		digest.update(first);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(digest.digest(second));
	}

}
