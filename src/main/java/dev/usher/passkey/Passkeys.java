package dev.usher.passkey;

import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;

import dev.usher.account.Accounts;
import dev.usher.account.OtherWaysIn;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import dev.usher.session.Sessions;
import dev.usher.token.Secret;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The passkeys of accounts. Whatever adds or removes one locks the account, so that the
 * limit and the last way in are judged by one at a time. Each call blocks for the
 * database.
 */
@Service
@ConditionalOnPasskeys
class Passkeys implements OtherWaysIn {

	/** 128 bits: ids are shown, not guessed. */
	private static final int ID_BYTES = 16;

	/** As long as the specification allows, so that two are never the same. */
	private static final int HANDLE_BYTES = 64;

	private static final int MAX_NAME = 64;

	private static final SecureRandom random = new SecureRandom();

	private final PasskeyTable table;

	private final Accounts accounts;

	private final Sessions sessions;

	private final TransactionTemplate transaction;

	private final WebauthnProperties properties;

	Passkeys(PasskeyTable table, Accounts accounts, Sessions sessions, TransactionTemplate transaction,
			WebauthnProperties properties) {
		this.table = table;
		this.accounts = accounts;
		this.sessions = sessions;
		this.transaction = transaction;
		this.properties = properties;
	}

	/** A new id for {@link Passkey#id}. */
	static String newId() {
		return randomText(ID_BYTES);
	}

	private static String randomText(int length) {
		byte[] bytes = new byte[length];
		random.nextBytes(bytes);
		return Secret.encode(bytes);
	}

	/**
	 * What authenticators know an account by. Made when it is asked for the first time.
	 * @throws RefusedException {@link Reason#NOT_FOUND} if the account is gone
	 */
	String handleOf(String username) {
		return this.table.findHandle(username)
			.orElseGet(() -> Objects.requireNonNull(this.transaction.execute((status) -> newHandle(username))));
	}

	private String newHandle(String username) {
		this.accounts.hold(username);
		// Another node may have been first.
		return this.table.findHandle(username).orElseGet(() -> {
			String handle = randomText(HANDLE_BYTES);
			this.table.insertHandle(username, handle);
			return handle;
		});
	}

	/** The passkeys of an account, the oldest first. */
	List<Passkey> list(String username) {
		return this.table.list(username);
	}

	/**
	 * Refuses an account that has as many as it may have.
	 * @throws RefusedException {@link Reason#TOO_MANY_PASSKEYS}
	 */
	void requireRoom(String username) {
		if (this.table.count(username) >= this.properties.maxPerAccount()) {
			throw new RefusedException(Reason.TOO_MANY_PASSKEYS, "The account has " + this.properties.maxPerAccount()
					+ " passkeys, which is as many as it may have.");
		}
	}

	/**
	 * Adds a passkey that was verified.
	 * @throws RefusedException {@link Reason#TOO_MANY_PASSKEYS},
	 * {@link Reason#PASSKEY_EXISTS}, {@link Reason#NOT_FOUND} if the account is gone
	 */
	void add(Passkey passkey) {
		try {
			this.transaction.executeWithoutResult((status) -> {
				this.accounts.hold(passkey.username());
				requireRoom(passkey.username());
				this.table.insert(passkey);
			});
		}
		catch (DuplicateKeyException ex) {
			throw new RefusedException(Reason.PASSKEY_EXISTS);
		}
	}

	/**
	 * Gives a passkey another name.
	 * @throws RefusedException {@link Reason#NOT_FOUND}, or {@link Reason#BAD_REQUEST}
	 * for a name it cannot have
	 */
	Passkey rename(String username, String id, String name) {
		if (!this.table.rename(username, id, checkedName(name))) {
			throw unknown();
		}
		return this.table.find(username, id).orElseThrow(Passkeys::unknown);
	}

	/** The name as it is kept. */
	static String checkedName(String name) {
		String stripped = name.strip();
		boolean shown = stripped.codePoints()
			.allMatch((point) -> TextRules.isPrintable(point) && Character.getType(point) != Character.FORMAT);
		if (stripped.isEmpty() || stripped.codePointCount(0, stripped.length()) > MAX_NAME || !shown) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"name\" must have 1 to " + MAX_NAME + " characters that can be shown.");
		}
		return stripped;
	}

	/**
	 * Removes a passkey and ends the sessions it has opened.
	 * @param keptSession the session that stays, or null for none
	 * @throws RefusedException {@link Reason#NOT_FOUND}, or
	 * {@link Reason#LAST_CREDENTIAL} where nothing else would open the account
	 */
	void remove(String username, String id, @Nullable String keptSession) {
		this.transaction.executeWithoutResult((status) -> {
			Accounts.Held held = this.accounts.hold(username);
			if (!this.table.delete(username, id)) {
				throw unknown();
			}
			if (!held.hasPassword() && this.table.count(username) == 0) {
				throw new RefusedException(Reason.LAST_CREDENTIAL);
			}
			this.sessions.endOpenedBy(id, held.account().username(), keptSession);
		});
	}

	/** Whether a passkey is there. */
	boolean contain(Passkey passkey) {
		return this.table.find(passkey.username(), passkey.id()).isPresent();
	}

	@Override
	public boolean exist(String username) {
		return this.table.count(username) > 0;
	}

	private static RefusedException unknown() {
		return new RefusedException(Reason.NOT_FOUND, "The account has no passkey of this id.");
	}

}
