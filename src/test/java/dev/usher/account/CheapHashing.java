package dev.usher.account;

import org.springframework.context.support.GenericApplicationContext;

/**
 * Hashes that cost a hundredth, for gateways of tests that are not about them: by what
 * they cost in production they would take most of the time of such a test.
 */
public final class CheapHashing {

	/** The least that Argon2 takes. */
	private static final int MEMORY_KIB = 8;

	private CheapHashing() {
	}

	/** Puts it in the place of the bean that would be found. */
	public static void register(GenericApplicationContext context) {
		context.registerBean("passwordHashing", PasswordHashing.class, () -> new PasswordHashing(MEMORY_KIB, 1));
	}

}
