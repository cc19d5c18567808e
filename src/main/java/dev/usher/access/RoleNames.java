package dev.usher.access;

/**
 * The names of roles as code of extensions has them: with a prefix of Spring Security.
 */
public final class RoleNames {

	private static final String PREFIX = "ROLE_";

	private RoleNames() {
	}

	/** The name of the role that an authority stands for. */
	public static String ofAuthority(String authority) {
		return authority.startsWith(PREFIX) ? authority.substring(PREFIX.length()) : authority;
	}

}
