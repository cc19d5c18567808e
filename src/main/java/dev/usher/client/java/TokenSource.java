package dev.usher.client.java;

/** Tokens of an application's own identity provider. */
@FunctionalInterface
public interface TokenSource {

	/**
	 * Answers an access token. Called on whichever thread needs one, one call at a time,
	 * and interrupted by {@link UsherClient#close()}; it must end by itself within some
	 * 10 s. What it throws is tried again later, as a failed connection is, unless it is
	 * a {@link UsherException} that says otherwise.
	 * @param renew true where the last token was refused or is about to end, so that a
	 * cached one is of no use
	 * @return the token, which may not be empty
	 */
	String token(boolean renew) throws Exception;

}
