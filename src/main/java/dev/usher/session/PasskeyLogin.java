package dev.usher.session;

import dev.usher.account.Account;

/** A login that a passkey has proven. Its proof is used up. */
public interface PasskeyLogin {

	/** Whose passkey it is, as the account was when the passkey was verified. */
	Account account();

	/** The id of the passkey that is shown. */
	String passkeyId();

	/**
	 * Looks once more that the passkey is there. Called within the transaction that opens
	 * the session, when its account is locked: who removes a passkey locks the account
	 * too, and so finds every session it has opened.
	 * @throws dev.usher.protocol.RefusedException {@code bad_credentials} if it was
	 * removed meanwhile
	 */
	void requireUnchanged();

}
