package dev.usher.account;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.usher.access.Caller;
import dev.usher.account.AccountRepository.Stored;
import dev.usher.cluster.Change;
import dev.usher.cluster.Changes;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.UserRemoved;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What an administrator may do with accounts. Each change is one transaction; the last
 * enabled administrator can be neither disabled nor deleted nor demoted, or nobody could
 * undo it.
 */
@Service
public class Administration {

	/** No name of an account; places are kept for them as for one. */
	private static final String ADMINISTRATORS = "/admin";

	private final AccountRepository repository;

	private final PasswordHashing hashing;

	private final PasswordRules passwords;

	private final HashingExecutor executor;

	private final TransactionTemplate transaction;

	private final ApplicationEventPublisher events;

	private final KnownUsers users;

	private final Changes changes;

	private final Clock clock;

	private final ObjectProvider<OtherWaysIn> otherWaysIn;

	Administration(AccountRepository repository, PasswordHashing hashing, PasswordRules passwords,
			HashingExecutor executor, TransactionTemplate transaction, ApplicationEventPublisher events,
			KnownUsers users, Changes changes, Clock clock, ObjectProvider<OtherWaysIn> otherWaysIn) {
		this.users = users;
		this.changes = changes;
		this.repository = repository;
		this.hashing = hashing;
		this.passwords = passwords;
		this.executor = executor;
		this.transaction = transaction;
		this.events = events;
		this.clock = clock;
		this.otherWaysIn = otherWaysIn;
	}

	/**
	 * Asks the account, not the token, whether a caller is an administrator still: a
	 * token goes on saying so for minutes after the role was taken away. A token of
	 * another issuer has no account here and is taken at its word.
	 * @throws RefusedException {@link Reason#FORBIDDEN}
	 */
	public void requireAdministrator(Caller caller) {
		require(caller, Set.of(Caller.ADMIN));
	}

	/**
	 * The same of somebody who looks after the gateway: an operator or an administrator.
	 * @throws RefusedException {@link Reason#FORBIDDEN}
	 */
	public void requireOperator(Caller caller) {
		require(caller, Set.of(Caller.OPERATOR, Caller.ADMIN));
	}

	private void require(Caller caller, Set<String> roles) {
		boolean ours = caller.sessionId() != null;
		if (!hasAny(caller.roles(), roles) || (ours && !holds(caller.name(), roles))) {
			throw new RefusedException(Reason.FORBIDDEN);
		}
	}

	private boolean holds(String username, Set<String> roles) {
		return this.repository.find(username)
			.map(Stored::account)
			.filter((account) -> !account.disabled() && hasAny(account.roles(), roles))
			.isPresent();
	}

	private static boolean hasAny(Set<String> held, Set<String> roles) {
		return roles.stream().anyMatch(held::contains);
	}

	List<Account> list(String after, int limit) {
		return this.repository.list(after, limit);
	}

	/**
	 * Makes an account.
	 * @param password the password, or null for none
	 */
	CompletableFuture<Account> create(String username, @Nullable String password, Set<String> roles) {
		AccountRules.checkUsername(username);
		AccountRules.checkRoles(roles);
		if (password == null) {
			requireOtherWaysIn();
			return CompletableFuture.completedFuture(create(username, roles, null));
		}
		this.passwords.check(username, password);
		return this.executor.submit(ADMINISTRATORS, () -> create(username, roles, this.hashing.hash(password)));
	}

	private Account create(String username, Set<String> roles, @Nullable String hash) {
		Account made = inTransaction(() -> insert(username, hash, roles));
		this.users.changed(username);
		return made;
	}

	private OtherWaysIn requireOtherWaysIn() {
		OtherWaysIn configured = this.otherWaysIn.getIfAvailable();
		if (configured == null) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"Member \"password\": null is for accounts with passkeys, and there are no passkeys here.");
		}
		return configured;
	}

	private Account insert(String username, @Nullable String hash, Set<String> roles) {
		if (!this.repository.insert(username, hash, roles, this.clock.instant(), false)) {
			throw new RefusedException(Reason.ACCOUNT_EXISTS);
		}
		this.changes.record(Change.Kind.ACCOUNT, username);
		// Somebody from elsewhere may be logged in by this name, which is taken now.
		this.events.publishEvent(new CredentialsRevoked(username, null));
		return require(username).account();
	}

	CompletableFuture<Account> change(String username, AccountChange change) {
		if (change.roles() != null) {
			AccountRules.checkRoles(change.roles());
		}
		GivenPassword given = change.givenPassword();
		String password = (given != null) ? given.text() : null;
		if (password == null) {
			return CompletableFuture.completedFuture(apply(username, change, null));
		}
		this.passwords.check(username, password);
		return this.executor.submit(ADMINISTRATORS, () -> apply(username, change, this.hashing.hash(password)));
	}

	private Account apply(String username, AccountChange change, @Nullable String hash) {
		return inTransaction(() -> {
			boolean disabled = Boolean.TRUE.equals(change.disabled());
			boolean demoted = change.roles() != null && !change.roles().contains(Caller.ADMIN);
			if (disabled || demoted) {
				refuseIfLastAdministrator(username);
			}
			Account account = lock(username);
			if (change.disabled() != null) {
				this.repository.setDisabled(username, change.disabled());
			}
			if (change.roles() != null) {
				this.repository.setRoles(username, change.roles());
			}
			boolean password = change.givenPassword() != null;
			if (password) {
				if (hash == null && !requireOtherWaysIn().exist(username)) {
					throw new RefusedException(Reason.LAST_CREDENTIAL);
				}
				this.repository.setPassword(username, hash);
			}
			if (disabled || password) {
				this.events.publishEvent(new CredentialsRevoked(account.username(), null));
			}
			return require(username).account();
		});
	}

	void delete(String username) {
		inTransaction(() -> {
			refuseIfLastAdministrator(username);
			Account account = lock(username);
			this.repository.delete(username);
			this.changes.record(Change.Kind.ACCOUNT, account.username());
			this.events.publishEvent(new CredentialsRevoked(account.username(), null));
			this.events.publishEvent(new UserRemoved(account.username()));
			return account;
		});
	}

	private Account inTransaction(Supplier<Account> work) {
		return Objects.requireNonNull(this.transaction.execute((status) -> work.get()));
	}

	/**
	 * Locks all administrators first, so that of two who would disable each other at the
	 * same moment only one can.
	 */
	private void refuseIfLastAdministrator(String username) {
		List<Stored> administrators = this.repository.lockEnabledWithRole(Caller.ADMIN);
		if (administrators.size() == 1 && administrators.get(0).account().username().equalsIgnoreCase(username)) {
			throw new RefusedException(Reason.LAST_ADMIN);
		}
	}

	private Account lock(String username) {
		return this.repository.lock(username).orElseThrow(Administration::unknown).account();
	}

	private Stored require(String username) {
		return this.repository.find(username).orElseThrow(Administration::unknown);
	}

	private static RefusedException unknown() {
		return new RefusedException(Reason.NOT_FOUND, "There is no account of this name.");
	}

}
