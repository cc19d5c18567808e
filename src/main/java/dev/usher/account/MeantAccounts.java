package dev.usher.account;

import java.util.Optional;

import dev.usher.access.UserDirectory;

import org.springframework.stereotype.Component;

/**
 * Whom somebody means who writes a name. Accounts are found in any case, unless a user of
 * exactly this name came from elsewhere: then that one is meant, as where a message is
 * sent to the name. Blocks for the database. Any thread may call.
 */
@Component
public class MeantAccounts {

	private final Accounts accounts;

	private final UserDirectory users;

	MeantAccounts(Accounts accounts, UserDirectory users) {
		this.accounts = accounts;
		this.users = users;
	}

	/** The account that a name means, if it means one. */
	public Optional<Account> find(String name) {
		return this.accounts.find(name)
			.filter((account) -> account.username().equals(name) || !this.users.isForeign(name));
	}

	/** The name as its user has it: that of the account, or as it was written. */
	public String spell(String name) {
		return find(name).map(Account::username).orElse(name);
	}

}
