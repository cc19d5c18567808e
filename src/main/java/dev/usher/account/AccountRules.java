package dev.usher.account;

import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;

/** How usernames and roles may look. */
final class AccountRules {

	/**
	 * ASCII alone: among other letters are some that look the same and are not. No
	 * {@code /} and nothing else that a destination would have to escape, and not
	 * {@code .} or {@code ..} alone, which a path does not keep.
	 */
	private static final Pattern USERNAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._@+-]{1,64}");

	/** No {@code *}, which a rule reads as any caller. */
	private static final Pattern ROLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

	/** Keeps the roles within a token that fits into a header. */
	static final int MAX_ROLES = 32;

	private AccountRules() {
	}

	static boolean isUsername(String username) {
		return USERNAME.matcher(username).matches();
	}

	static boolean isRole(String role) {
		return ROLE.matcher(role).matches();
	}

	static void checkUsername(String username) {
		if (!isUsername(username)) {
			throw new RefusedException(Reason.BAD_USERNAME,
					"A username has 1 to 64 characters: letters of a to z, digits and . _ @ + -, not . or .. alone");
		}
	}

	static void checkRoles(Collection<String> roles) {
		if (roles.size() > MAX_ROLES) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"roles\": at most " + MAX_ROLES + " roles.");
		}
		for (String role : roles) {
			if (!isRole(role)) {
				throw new RefusedException(Reason.BAD_REQUEST,
						"Member \"roles\": a role has 1 to 64 characters: letters of a to z, digits and . _ -");
			}
		}
	}

	/** What two names that differ only in case have in common. */
	static String key(String username) {
		return username.toLowerCase(Locale.ROOT);
	}

}
