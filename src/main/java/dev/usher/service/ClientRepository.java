package dev.usher.service;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of clients. */
@Repository
class ClientRepository {

	private static final String COLUMNS = "client_id, secret_hash, jwks, scopes, publish, created_at";

	private final JdbcClient jdbc;

	ClientRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	Optional<Client> find(String id) {
		if (!ClientRules.isId(id)) {
			return Optional.empty();
		}
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM clients WHERE client_id = ?")
			.param(id)
			.query(ClientRepository::read)
			.optional();
	}

	List<Client> list(String after, int limit) {
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM clients WHERE client_id > ? ORDER BY client_id LIMIT ?")
			.param(after)
			.param(limit)
			.query(ClientRepository::read)
			.list();
	}

	/** Adds a client. Answers whether the id was free. */
	boolean insert(Client client) {
		try {
			this.jdbc.sql("INSERT INTO clients (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?)")
				.param(client.id())
				.param(hashes(client))
				.param(client.jwks())
				.param(join(new TreeSet<>(client.scopes())))
				.param(join(client.publish()))
				.param(client.createdAt().toEpochMilli())
				.update();
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	/** The same client, locked until the transaction ends. */
	Optional<Client> hold(String id) {
		if (!ClientRules.isId(id)) {
			return Optional.empty();
		}
		return this.jdbc.sql("SELECT " + COLUMNS + " FROM clients WHERE client_id = ? FOR UPDATE")
			.param(id)
			.query(ClientRepository::read)
			.optional();
	}

	/** Writes the secrets and the keys of a client down. */
	void update(Client client) {
		this.jdbc.sql("UPDATE clients SET secret_hash = ?, jwks = ? WHERE client_id = ?")
			.param(hashes(client))
			.param(client.jwks())
			.param(client.id())
			.update();
	}

	private static @Nullable String hashes(Client client) {
		return client.secretHashes().isEmpty() ? null : join(client.secretHashes());
	}

	/** Removes a client. Answers whether there was one. */
	boolean delete(String id) {
		return this.jdbc.sql("DELETE FROM clients WHERE client_id = ?").param(id).update() > 0;
	}

	private static String join(Collection<String> words) {
		return String.join(" ", words);
	}

	private static List<String> split(@Nullable String words) {
		return (words == null || words.isEmpty()) ? List.of() : List.of(words.split(" "));
	}

	private static Client read(ResultSet row, int number) throws SQLException {
		return new Client(row.getString("client_id"), split(row.getString("secret_hash")), row.getString("jwks"),
				Set.copyOf(split(row.getString("scopes"))), split(row.getString("publish")),
				Instant.ofEpochMilli(row.getLong("created_at")));
	}

}
