package dev.usher.account;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.usher.account.AccountRepository.Stored;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Who may log in. Verifies passwords, always on the threads of {@link HashingExecutor}.
 */
@Service
public class Accounts {

	private final AccountRepository repository;

	private final PasswordHashing hashing;

	private final PasswordRules passwords;

	private final HashingExecutor executor;

	private final TransactionTemplate transaction;

	private final ApplicationEventPublisher events;

	Accounts(AccountRepository repository, PasswordHashing hashing, PasswordRules passwords, HashingExecutor executor,
			TransactionTemplate transaction, ApplicationEventPublisher events) {
		this.repository = repository;
		this.hashing = hashing;
		this.passwords = passwords;
		this.executor = executor;
		this.transaction = transaction;
		this.events = events;
	}

	/**
	 * Verifies a password and, if it is right, goes on with it on the same hashing
	 * thread: what follows is bounded as the hashing is. A wrong name, a wrong password
	 * and a disabled account take as long and answer the same.
	 * @param username in any case
	 * @param known whether they come from where this account is known, so that places are
	 * kept for them
	 * @param then what to do with the account
	 * @return the outcome, or a {@link RefusedException} with
	 * {@link Reason#BAD_CREDENTIALS} or {@link Reason#OVERLOADED}
	 */
	public <T> CompletableFuture<T> authenticate(String username, String password, boolean known,
			Function<Account, T> then) {
		return this.executor.submit(known ? AccountRules.key(username) : null,
				() -> then.apply(verify(username, password)));
	}

	private Account verify(String username, String password) {
		// Half a surrogate pair is in no password, and no hash can be made of it.
		if (password.length() > 2 * PasswordProperties.MAX_LENGTH || TextRules.hasHalfPair(password)) {
			throw new RefusedException(Reason.BAD_CREDENTIALS);
		}
		Optional<Stored> stored = this.repository.find(username);
		if (stored.isEmpty()) {
			this.hashing.matchNobody(password);
			throw new UnknownNameException();
		}
		String hash = stored.get().passwordHash();
		Account account = stored.get().account();
		if (hash == null) {
			// Takes as long, so that nobody learns which accounts have no password.
			this.hashing.matchNobody(password);
			throw new WrongPasswordException(account.username());
		}
		if (!this.hashing.matches(password, hash) || account.disabled()) {
			throw new WrongPasswordException(account.username());
		}
		if (this.hashing.isOld(hash)) {
			this.repository.upgradeHash(username, hash, this.hashing.hash(password));
		}
		return account;
	}

	/**
	 * The account of a name in any case, if there is one. Blocks for the database.
	 */
	public Optional<Account> find(String username) {
		return this.repository.find(username).map(Stored::account);
	}

	/**
	 * The account as it is now, if it is there and enabled. Blocks for the database.
	 */
	public Optional<Account> findEnabled(String username) {
		return this.repository.find(username).map(Stored::account).filter((account) -> !account.disabled());
	}

	/**
	 * Somebody from elsewhere, unless an account here has taken their name since: names
	 * of accounts win. Blocks for the database.
	 * @param roles what they were when they logged in
	 */
	public Optional<Account> findElsewhere(String username, Set<String> roles) {
		return this.repository.find(username).isPresent() ? Optional.empty()
				: Optional.of(Account.elsewhere(username, roles));
	}

	/**
	 * Holds an account as it was when its password was verified: until the caller's
	 * transaction ends nobody can change it, and who changes it afterwards finds what the
	 * transaction has made. Without this, a login at the very moment of a password change
	 * could leave a session behind that nobody ends. Somebody from elsewhere is let in
	 * unless an account here has their name.
	 * @return the account as it is now, with roles that may be newer
	 * @throws RefusedException {@link Reason#BAD_CREDENTIALS} if it is gone, disabled or
	 * has another password
	 */
	public Account holdUnchanged(Account verified) {
		if (verified.isElsewhere()) {
			return findElsewhere(verified.username(), verified.roles())
				.orElseThrow(() -> new RefusedException(Reason.BAD_CREDENTIALS));
		}
		return this.repository.lock(verified.username())
			.map(Stored::account)
			.filter((now) -> !now.disabled() && now.stamp().equals(verified.stamp()))
			.orElseThrow(() -> new RefusedException(Reason.BAD_CREDENTIALS));
	}

	/**
	 * Keeps an account from changing until the caller's transaction ends.
	 * @throws RefusedException {@link Reason#NOT_FOUND} where there is no such account
	 */
	public Held hold(String username) {
		return this.repository.lock(username)
			.map((stored) -> new Held(stored.account(), stored.passwordHash() != null))
			.orElseThrow(() -> new RefusedException(Reason.NOT_FOUND, "There is no account of this name."));
	}

	/**
	 * An account that does not change now.
	 *
	 * @param account the account
	 * @param hasPassword whether a password opens it
	 */
	public record Held(Account account, boolean hasPassword) {

	}

	/**
	 * Changes one's own password. Every session but the one named ends.
	 * @return nothing, or a {@link RefusedException} with {@link Reason#BAD_CREDENTIALS},
	 * {@link Reason#WEAK_PASSWORD} or {@link Reason#OVERLOADED}
	 */
	public CompletableFuture<@Nullable Void> changePassword(String username, String current, String replacement,
			@Nullable String keptSession) {
		return this.executor.<@Nullable Void>submit(keptSession, () -> {
			Account verified = verifyCurrent(username, current);
			this.passwords.check(verified.username(), replacement);
			String hash = this.hashing.hash(replacement);
			this.transaction.executeWithoutResult((status) -> {
				holdUnchanged(verified);
				this.repository.setPassword(verified.username(), hash);
				this.events.publishEvent(new CredentialsRevoked(verified.username(), keptSession));
			});
			return null;
		});
	}

	private Account verifyCurrent(String username, String current) {
		try {
			return verify(username, current);
		}
		catch (RefusedException ex) {
			throw new RefusedException(Reason.BAD_CREDENTIALS, "The current password is wrong.");
		}
	}

}
