package dev.usher.account;

/**
 * Ways into an account other than its password. Implemented where they are kept; there is
 * no bean where none is configured.
 */
public interface OtherWaysIn {

	/**
	 * Whether an account has one. Called within a transaction that has locked the
	 * account, as whoever takes one away does.
	 */
	boolean exist(String username);

}
