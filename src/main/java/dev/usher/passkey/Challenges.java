package dev.usher.passkey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import dev.usher.token.DerivedSecrets;
import dev.usher.token.Secret;
import dev.usher.token.UsedIds;

import org.springframework.stereotype.Component;

/**
 * Challenges for authenticators to sign. They are kept nowhere: a challenge is the time
 * it ends, random bytes, and a code over both that every node can compute. The code is of
 * another key for each kind of ceremony, so that none is good for the other. Only those
 * that were answered well are remembered, until they end. Any thread may call.
 */
@Component
@ConditionalOnPasskeys
class Challenges {

	/** Long enough to look for a phone; what the specification proposes. */
	static final Duration LIFETIME = Duration.ofMinutes(5);

	/** No client is called so. */
	private static final String SIGNER = "#passkey";

	private static final int RANDOM_BYTES = 24;

	private static final int BODY_BYTES = Long.BYTES + RANDOM_BYTES;

	private static final SecureRandom random = new SecureRandom();

	/** What a challenge is for. */
	enum Ceremony {

		REGISTRATION, LOGIN

	}

	private final DerivedSecrets secrets;

	private final UsedIds used;

	private final Clock clock;

	Challenges(DerivedSecrets secrets, UsedIds used, Clock clock) {
		this.secrets = secrets;
		this.used = used;
		this.clock = clock;
	}

	/**
	 * Makes a challenge.
	 * @param bound who alone may answer it, or an empty string for anybody
	 */
	byte[] issue(Ceremony ceremony, String bound) {
		byte[] noise = new byte[RANDOM_BYTES];
		random.nextBytes(noise);
		long expiresAt = this.clock.instant().plus(LIFETIME).toEpochMilli();
		byte[] body = ByteBuffer.allocate(BODY_BYTES).putLong(expiresAt).put(noise).array();
		byte[] code = code(ceremony, bound, body);
		return ByteBuffer.allocate(body.length + code.length).put(body).put(code).array();
	}

	/**
	 * Looks whether a challenge is one of ours that can be answered now.
	 * @param bound as it was when the challenge was made
	 */
	boolean isOpen(byte[] challenge, Ceremony ceremony, String bound) {
		if (challenge.length <= BODY_BYTES) {
			return false;
		}
		byte[] body = Arrays.copyOf(challenge, BODY_BYTES);
		byte[] code = Arrays.copyOfRange(challenge, BODY_BYTES, challenge.length);
		return MessageDigest.isEqual(code, code(ceremony, bound, body))
				&& this.clock.instant().isBefore(expiry(challenge));
	}

	/**
	 * Uses a challenge up. Of any number who try with the same, on all nodes, one
	 * succeeds. Blocks for the database.
	 */
	boolean use(byte[] challenge) {
		return this.used.use(SIGNER, Secret.encode(challenge), expiry(challenge));
	}

	private static Instant expiry(byte[] challenge) {
		return Instant.ofEpochMilli(ByteBuffer.wrap(challenge).getLong());
	}

	private byte[] code(Ceremony ceremony, String bound, byte[] body) {
		return this.secrets.derive("passkey " + ceremony, Secret.encode(body) + ' ' + bound)
			.getBytes(StandardCharsets.US_ASCII);
	}

}
