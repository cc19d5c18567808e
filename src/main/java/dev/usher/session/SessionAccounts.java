package dev.usher.session;

import java.util.Optional;
import java.util.Set;

import dev.usher.account.Account;
import dev.usher.account.Accounts;

import org.springframework.stereotype.Component;

/**
 * Finds whose a session is: an account here as it is now, or somebody from elsewhere as
 * they were when they logged in. Blocks for the database.
 */
@Component
class SessionAccounts {

	private final Accounts accounts;

	SessionAccounts(Accounts accounts) {
		this.accounts = accounts;
	}

	/**
	 * The account, unless it is gone or disabled or, of somebody from elsewhere, an
	 * account here has their name.
	 */
	Optional<Account> find(SessionRow row) {
		Set<String> roles = row.roles();
		return (roles != null) ? this.accounts.findElsewhere(row.username(), roles)
				: this.accounts.findEnabled(row.username());
	}

}
