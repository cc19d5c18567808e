package dev.usher.account;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.crypto.password.Pbkdf2PasswordEncoder;
import org.springframework.security.crypto.scrypt.SCryptPasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Hashes passwords with Argon2id and verifies what older applications hashed. There is no
 * {@code {noop}}: a hash somebody can read is none. Every call costs tens of
 * milliseconds; only {@link HashingExecutor} makes it.
 */
@Component
class PasswordHashing {

	private static final String CURRENT = "argon2";

	/** The OWASP minimum for Argon2id: 19 MiB, two passes, one lane. */
	private static final int MEMORY_KIB = 19 * 1024;

	private static final int PASSES = 2;

	private static final int LANES = 1;

	private static final int SALT_BYTES = 16;

	private static final int HASH_BYTES = 32;

	private final PasswordEncoder encoder;

	/** Verified in place of an account that is not there, so that both take as long. */
	private final String nobody;

	PasswordHashing() {
		this(MEMORY_KIB, PASSES);
	}

	/**
	 * Makes one whose hashes cost as much as is said, which only tests do that are not
	 * about hashes.
	 */
	PasswordHashing(int memoryKib, int passes) {
		Map<String, PasswordEncoder> encoders = new HashMap<>();
		encoders.put(CURRENT, new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, LANES, memoryKib, passes));
		encoders.put("argon2@SpringSecurity_v5_8", Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8());
		encoders.put("bcrypt", new BCryptPasswordEncoder());
		encoders.put("pbkdf2", Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_5());
		encoders.put("pbkdf2@SpringSecurity_v5_8", Pbkdf2PasswordEncoder.defaultsForSpringSecurity_v5_8());
		encoders.put("scrypt", SCryptPasswordEncoder.defaultsForSpringSecurity_v4_1());
		encoders.put("scrypt@SpringSecurity_v5_8", SCryptPasswordEncoder.defaultsForSpringSecurity_v5_8());
		this.encoder = new DelegatingPasswordEncoder(CURRENT, encoders);
		this.nobody = nobody(memoryKib, passes);
	}

	/**
	 * A hash of no password, of the form of ours: to verify it costs as much, and to make
	 * it costs nothing, where a start would wait for a real one.
	 */
	private static String nobody(int memoryKib, int passes) {
		return String.format(Locale.ROOT, "{%s}$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", CURRENT, memoryKib, passes, LANES,
				random(SALT_BYTES), random(HASH_BYTES));
	}

	private static String random(int length) {
		byte[] bytes = new byte[length];
		new SecureRandom().nextBytes(bytes);
		return Base64.getEncoder().withoutPadding().encodeToString(bytes);
	}

	String hash(String password) {
		String hash = this.encoder.encode(password);
		if (hash == null) {
			throw new IllegalStateException("A password was not hashed");
		}
		return hash;
	}

	boolean matches(String password, String hash) {
		try {
			return this.encoder.matches(password, hash);
		}
		catch (IllegalArgumentException ex) {
			// Of a kind that is not known here: nobody can log in with it.
			return false;
		}
	}

	/** Takes as long as {@link #matches} takes with a hash of ours. */
	void matchNobody(String password) {
		matches(password, this.nobody);
	}

	/** Whether a hash is of an older kind or cheaper than what is made now. */
	boolean isOld(String hash) {
		return this.encoder.upgradeEncoding(hash);
	}

}
