package dev.usher.client.java;

/** Tokens of an application's own identity provider. */
@FunctionalInterface
public interface TokenSource {

	/**
	 * Answers an access token. Called on a thread of its own, one call at a time, and
	 * interrupted after 10 s and by {@link UsherClient#close()}. What it throws, or fails
	 * to answer in time, is tried again later, as a failed connection is, unless it is a
	 * {@link UsherException} that says otherwise.
	 * @param renew true where the last token was refused or is about to end, so that a
	 * cached one is of no use
	 * @return the token, which may not be empty
	 */
	String token(boolean renew) throws Exception;

}
