package dev.usher.token;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.usher.storage.StorageProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The signing keys in the database, encrypted under the master key. Every call blocks for
 * the database.
 */
@Component
class SigningKeyStore {

	private final JdbcClient jdbc;

	private final StorageProperties storage;

	private final @Nullable String configuredKey;

	private volatile @Nullable MasterKey masterKey;

	SigningKeyStore(JdbcClient jdbc, StorageProperties storage, TokenProperties properties) {
		this.jdbc = jdbc;
		this.storage = storage;
		this.configuredKey = properties.token().key();
	}

	/**
	 * Reads the keys, oldest first.
	 * @param known those already read, which need no decrypting
	 * @throws UnusableKeyException where the master key does not fit
	 */
	List<SigningKey> read(Collection<SigningKey> known) {
		List<Row> rows = this.jdbc
			.sql("SELECT generation, kid, signs_from, private_key FROM signing_keys ORDER BY generation")
			.query((row, number) -> new Row(row.getLong("generation"), row.getString("kid"),
					Instant.ofEpochMilli(row.getLong("signs_from")), row.getString("private_key")))
			.list();
		MasterKey master = masterKey(rows.isEmpty());
		Map<String, SigningKey> byKid = new HashMap<>();
		known.forEach((key) -> byKid.put(key.kid(), key));
		return rows.stream().map((row) -> byKid.computeIfAbsent(row.kid(), (kid) -> row.decrypt(master))).toList();
	}

	/**
	 * Inserts a key, encrypted under the master key.
	 * @return false where another node was faster with its generation
	 */
	boolean add(SigningKey key) {
		try {
			this.jdbc.sql("INSERT INTO signing_keys (generation, kid, signs_from, private_key) VALUES (?, ?, ?, ?)")
				.param(key.generation())
				.param(key.kid())
				.param(key.signsFrom().toEpochMilli())
				.param(masterKey(true).encrypt(key.privateKey().getEncoded(), key.kid()))
				.update();
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/** Removes a key for good. */
	void remove(SigningKey key) {
		this.jdbc.sql("DELETE FROM signing_keys WHERE generation = ?").param(key.generation()).update();
	}

	/**
	 * The master key. A file is made only while there is nothing to decrypt: a new key
	 * could not open what the lost one closed.
	 */
	private MasterKey masterKey(boolean mayCreate) {
		MasterKey key = this.masterKey;
		if (key == null) {
			key = load(mayCreate);
			this.masterKey = key;
		}
		return key;
	}

	/** The master key, which is there once signing keys are. */
	MasterKey masterKey() {
		return masterKey(false);
	}

	private MasterKey load(boolean mayCreate) {
		if (this.configuredKey != null) {
			return new MasterKey(TokenProperties.decodeKey(this.configuredKey), "usher.token.key");
		}
		MasterKeyFile file = new MasterKeyFile(this.storage.data());
		return (mayCreate && !file.exists()) ? file.create() : file.read();
	}

	private record Row(long generation, String kid, Instant signsFrom, String encrypted) {

		private SigningKey decrypt(MasterKey master) {
			return SigningKey.decode(this.generation, this.signsFrom, master.decrypt(this.encrypted, this.kid));
		}

	}

}
