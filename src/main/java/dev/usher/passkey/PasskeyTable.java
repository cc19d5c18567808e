package dev.usher.passkey;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.usher.token.Secret;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables of passkeys and of their owners. Rows go when their account goes. */
@Repository
@ConditionalOnPasskeys
class PasskeyTable {

	private static final String SELECT = """
			SELECT p.passkey_id, a.username, u.handle, p.credential_id, p.name, p.attestation, p.sign_count,
				p.transports, p.user_verified, p.backup_eligible, p.backed_up, p.created_at, p.last_used_at
			FROM passkeys p JOIN passkey_users u ON u.username_key = p.username_key
				JOIN accounts a ON a.username_key = p.username_key
			""";

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

	private final JdbcClient jdbc;

	PasskeyTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** What authenticators know an account by, if it ever registered a passkey. */
	Optional<String> findHandle(String username) {
		return this.jdbc.sql("SELECT handle FROM passkey_users WHERE username_key = ?")
			.param(key(username))
			.query(String.class)
			.optional();
	}

	/** Gives an account that has none a handle. */
	void insertHandle(String username, String handle) {
		this.jdbc.sql("INSERT INTO passkey_users (username_key, handle) VALUES (?, ?)")
			.params(key(username), handle)
			.update();
	}

	/**
	 * Adds a passkey.
	 * @throws DuplicateKeyException if there is one of this credential id
	 */
	void insert(Passkey passkey) {
		this.jdbc.sql("""
				INSERT INTO passkeys (passkey_id, username_key, credential_hash, credential_id, name, attestation,
					sign_count, transports, user_verified, backup_eligible, backed_up, created_at)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				""")
			.params(passkey.id(), key(passkey.username()), Secret.hash(passkey.credentialId()), passkey.credentialId(),
					passkey.name(), passkey.attestation(), passkey.signCount(),
					String.join(" ", new TreeSet<>(passkey.transports())), passkey.userVerified(),
					passkey.backupEligible(), passkey.backedUp(), passkey.createdAt().toEpochMilli())
			.update();
	}

	Optional<Passkey> findByCredential(String credentialId) {
		return this.jdbc.sql(SELECT + "WHERE p.credential_hash = ?")
			.param(Secret.hash(credentialId))
			.query(PasskeyTable::read)
			.optional();
	}

	Optional<Passkey> find(String username, String id) {
		return isId(id) ? this.jdbc.sql(SELECT + "WHERE p.username_key = ? AND p.passkey_id = ?")
			.params(key(username), id)
			.query(PasskeyTable::read)
			.optional() : Optional.empty();
	}

	/** The passkeys of an account, the oldest first. */
	List<Passkey> list(String username) {
		return this.jdbc.sql(SELECT + "WHERE p.username_key = ? ORDER BY p.created_at, p.passkey_id")
			.param(key(username))
			.query(PasskeyTable::read)
			.list();
	}

	int count(String username) {
		return this.jdbc.sql("SELECT COUNT(*) FROM passkeys WHERE username_key = ?")
			.param(key(username))
			.query(Integer.class)
			.single();
	}

	/**
	 * Notes that a passkey was used, unless its count of signatures has not gone up: of
	 * two answers with one count, on all nodes, one succeeds.
	 * @return whether it was noted
	 */
	boolean use(String credentialId, long signCount, Instant now) {
		return this.jdbc.sql("""
				UPDATE passkeys SET sign_count = ?, last_used_at = ?
				WHERE credential_hash = ? AND (sign_count < ? OR (sign_count = 0 AND ? = 0))
				""")
			.params(signCount, now.toEpochMilli(), Secret.hash(credentialId), signCount, signCount)
			.update() == 1;
	}

	boolean rename(String username, String id, String name) {
		return isId(id) && this.jdbc.sql("UPDATE passkeys SET name = ? WHERE username_key = ? AND passkey_id = ?")
			.params(name, key(username), id)
			.update() == 1;
	}

	boolean delete(String username, String id) {
		return isId(id) && this.jdbc.sql("DELETE FROM passkeys WHERE username_key = ? AND passkey_id = ?")
			.params(key(username), id)
			.update() == 1;
	}

	/** PostgreSQL stores no NUL, and a path may hold one. */
	private static boolean isId(String id) {
		return ID.matcher(id).matches();
	}

	/** As the table of accounts has it. */
	private static String key(String username) {
		return username.toLowerCase(Locale.ROOT);
	}

	private static Passkey read(ResultSet row, int number) throws SQLException {
		String transports = row.getString("transports");
		long lastUsed = row.getLong("last_used_at");
		Instant lastUsedAt = row.wasNull() ? null : Instant.ofEpochMilli(lastUsed);
		return new Passkey(row.getString("passkey_id"), row.getString("username"), row.getString("handle"),
				row.getString("credential_id"), row.getString("name"), row.getString("attestation"),
				row.getLong("sign_count"), transports.isEmpty() ? Set.of() : Set.of(transports.split(" ")),
				row.getBoolean("user_verified"), row.getBoolean("backup_eligible"), row.getBoolean("backed_up"),
				Instant.ofEpochMilli(row.getLong("created_at")), lastUsedAt);
	}

}
