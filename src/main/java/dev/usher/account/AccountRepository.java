package dev.usher.account;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

import dev.usher.storage.PromptDatabase;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The table of accounts. One that the profile {@code demo} made is disabled to all who
 * read it here, unless the profile is active.
 */
@Repository
class AccountRepository {

	private static final String COLUMNS = "username, password_hash, stamp, roles, disabled, created_at, demo";

	private final JdbcClient jdbc;

	/** For whoever logs in. */
	private final PromptDatabase prompt;

	/** Whether the accounts of the demo count. */
	private final boolean demo;

	AccountRepository(JdbcClient jdbc, PromptDatabase prompt, Environment environment) {
		this.jdbc = jdbc;
		this.prompt = prompt;
		this.demo = environment.acceptsProfiles(Profiles.of("demo"));
	}

	Optional<Stored> find(String username) {
		if (!AccountRules.isUsername(username)) {
			return Optional.empty();
		}
		return this.prompt.ask((client) -> client.sql("SELECT " + COLUMNS + " FROM accounts WHERE username_key = ?")
			.param(AccountRules.key(username))
			.query(this::read)
			.optional());
	}

	/**
	 * Finds an account and keeps others from changing it until the transaction ends.
	 */
	Optional<Stored> lock(String username) {
		if (!AccountRules.isUsername(username)) {
			return Optional.empty();
		}
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM accounts WHERE username_key = ? FOR UPDATE")
			.param(AccountRules.key(username))
			.query(this::read)
			.optional();
	}

	/**
	 * The enabled accounts that have a role, kept from changing until the transaction
	 * ends. Always locked in the same order, so that two callers cannot wait for each
	 * other.
	 */
	List<Stored> lockEnabledWithRole(String role) {
		return this.jdbc
			.sql("SELECT " + COLUMNS + " FROM accounts WHERE disabled = FALSE AND roles LIKE ?"
					+ " ORDER BY username_key FOR UPDATE")
			.param("% " + escapeLike(role) + " %")
			.query(this::read)
			.list()
			.stream()
			.filter((stored) -> !stored.account().disabled())
			.toList();
	}

	private static String escapeLike(String role) {
		return role.replace("_", "\\_");
	}

	List<Account> list(String after, int limit) {
		return this.jdbc
			.sql("SELECT " + COLUMNS + " FROM accounts WHERE username_key > ? ORDER BY username_key LIMIT ?")
			.param(AccountRules.key(after))
			.param(limit)
			.query((row, number) -> read(row, number).account())
			.list();
	}

	/** How the accounts of these names are spelt, by the name in lower case. */
	Map<String, String> spellings(Collection<String> names) {
		List<String> keys = names.stream().filter(AccountRules::isUsername).map(AccountRules::key).distinct().toList();
		Map<String, String> spellings = new HashMap<>();
		if (!keys.isEmpty()) {
			this.jdbc.sql("SELECT username FROM accounts WHERE username_key IN (:keys)")
				.param("keys", keys)
				.query(String.class)
				.list()
				.forEach((username) -> spellings.put(AccountRules.key(username), username));
		}
		return spellings;
	}

	boolean isEmpty() {
		return this.jdbc.sql("SELECT username FROM accounts LIMIT 1").query(String.class).optional().isEmpty();
	}

	/**
	 * Adds an account. Answers whether the name was free.
	 * @param passwordHash the hash, or null for an account without a password
	 * @param demo whether its password is the one of the demo
	 */
	boolean insert(String username, @Nullable String passwordHash, Set<String> roles, Instant createdAt, boolean demo) {
		try {
			this.jdbc.sql("INSERT INTO accounts (username_key, " + COLUMNS + ") VALUES (?, ?, ?, ?, ?, FALSE, ?, ?)")
				.param(AccountRules.key(username))
				.param(username)
				.param(passwordHash)
				.param(newStamp())
				.param(join(roles))
				.param(createdAt.toEpochMilli())
				.param(demo)
				.update();
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/**
	 * Changes a password.
	 * @param passwordHash the hash of the new one, or null for none
	 */
	void setPassword(String username, @Nullable String passwordHash) {
		this.jdbc.sql("UPDATE accounts SET password_hash = ?, stamp = ?, demo = FALSE WHERE username_key = ?")
			.param(passwordHash)
			.param(newStamp())
			.param(AccountRules.key(username))
			.update();
	}

	/** Hashes the same password anew, unless it was changed meanwhile. */
	void upgradeHash(String username, String oldHash, String newHash) {
		this.jdbc.sql("UPDATE accounts SET password_hash = ? WHERE username_key = ? AND password_hash = ?")
			.param(newHash)
			.param(AccountRules.key(username))
			.param(oldHash)
			.update();
	}

	/** The names of those that the profile {@code demo} made. */
	List<String> findDemo() {
		return this.jdbc.sql("SELECT username FROM accounts WHERE demo = TRUE ORDER BY username_key")
			.query(String.class)
			.list();
	}

	/** Which of these names are older than the note of who made them. */
	List<String> findUndecided(Collection<String> names) {
		return this.jdbc.sql("SELECT username_key FROM accounts WHERE demo IS NULL AND username_key IN (:names)")
			.param("names", names)
			.query(String.class)
			.list();
	}

	void setDemo(String username, boolean demo) {
		this.jdbc.sql("UPDATE accounts SET demo = ? WHERE username_key = ? AND demo IS NULL")
			.param(demo)
			.param(AccountRules.key(username))
			.update();
	}

	/**
	 * Makes an account of the demo a real one. Answers whether it was the demo's still:
	 * of several nodes that do it one succeeds.
	 */
	boolean takeOver(String username, String passwordHash, Set<String> roles) {
		return this.jdbc
			.sql("UPDATE accounts SET password_hash = ?, stamp = ?, roles = ?, disabled = FALSE, demo = FALSE"
					+ " WHERE username_key = ? AND demo = TRUE")
			.param(passwordHash)
			.param(newStamp())
			.param(join(roles))
			.param(AccountRules.key(username))
			.update() > 0;
	}

	void setDisabled(String username, boolean disabled) {
		this.jdbc.sql("UPDATE accounts SET disabled = ? WHERE username_key = ?")
			.param(disabled)
			.param(AccountRules.key(username))
			.update();
	}

	void setRoles(String username, Set<String> roles) {
		this.jdbc.sql("UPDATE accounts SET roles = ? WHERE username_key = ?")
			.param(join(roles))
			.param(AccountRules.key(username))
			.update();
	}

	void delete(String username) {
		this.jdbc.sql("DELETE FROM accounts WHERE username_key = ?").param(AccountRules.key(username)).update();
	}

	private static String newStamp() {
		return UUID.randomUUID().toString();
	}

	private static String join(Collection<String> roles) {
		return " " + String.join(" ", new TreeSet<>(roles)) + " ";
	}

	private Stored read(ResultSet row, int number) throws SQLException {
		String roles = row.getString("roles").strip();
		Account account = new Account(row.getString("username"), roles.isEmpty() ? Set.of() : Set.of(roles.split(" ")),
				row.getBoolean("disabled") || (!this.demo && row.getBoolean("demo")),
				Instant.ofEpochMilli(row.getLong("created_at")), row.getString("stamp"));
		return new Stored(account, row.getString("password_hash"));
	}

	/**
	 * An account and its hash.
	 *
	 * @param account the account
	 * @param passwordHash never leaves this package; null of an account without a
	 * password
	 */
	record Stored(Account account, @Nullable String passwordHash) {

		@Override
		public String toString() {
			return this.account.username();
		}

	}

}
