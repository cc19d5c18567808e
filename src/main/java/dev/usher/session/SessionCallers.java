package dev.usher.session;

import java.time.Clock;
import java.util.Optional;

import dev.usher.access.Caller;
import dev.usher.account.Account;
import dev.usher.token.SessionCallerResolver;

import org.springframework.stereotype.Component;

/**
 * Finds who the bearer of a session's credential is: asks the store for the session and
 * the account for its roles as they are now. Blocks for the database.
 */
@Component
class SessionCallers {

	private final SessionTable table;

	private final SessionAccounts accounts;

	private final SessionCallerResolver resolver;

	private final Clock clock;

	SessionCallers(SessionTable table, SessionAccounts accounts, SessionCallerResolver resolver, Clock clock) {
		this.table = table;
		this.accounts = accounts;
		this.resolver = resolver;
		this.clock = clock;
	}

	/** The caller of a session that is alive and whose account is enabled. */
	Optional<Caller> find(String sessionId) {
		return this.table.find(sessionId).flatMap(this::caller);
	}

	/** The same by the hash of the session's cookie. */
	Optional<Caller> findByCookie(String hash) {
		return this.table.findByCookie(hash).flatMap(this::caller);
	}

	private Optional<Caller> caller(SessionRow row) {
		if (!this.clock.instant().isBefore(row.expiresAt())) {
			return Optional.empty();
		}
		Optional<Account> account = this.accounts.find(row);
		return account.map((found) -> this.resolver.resolve(found.username(), found.roles(), row.sessionId(),
				row.keyThumbprint()));
	}

}
