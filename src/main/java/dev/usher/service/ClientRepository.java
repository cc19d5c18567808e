package dev.usher.service;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of clients, and that of the assertions they have used. */
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
				.param(client.secretHash())
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

	/** Removes a client. Answers whether there was one. */
	boolean delete(String id) {
		return this.jdbc.sql("DELETE FROM clients WHERE client_id = ?").param(id).update() > 0;
	}

	/**
	 * Notes that an assertion was used. Answers whether this is the first time.
	 * @param idHash what names the client and the assertion
	 * @param expiresAt from when on it could not be used anyway
	 */
	boolean use(String idHash, Instant expiresAt) {
		try {
			this.jdbc.sql("INSERT INTO client_assertions (id_hash, expires_at) VALUES (?, ?)")
				.param(idHash)
				.param(expiresAt.toEpochMilli())
				.update();
			return true;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	void forgetUsedBefore(Instant now) {
		this.jdbc.sql("DELETE FROM client_assertions WHERE expires_at <= ?").param(now.toEpochMilli()).update();
	}

	private static String join(Collection<String> words) {
		return String.join(" ", words);
	}

	private static List<String> split(String words) {
		return words.isEmpty() ? List.of() : List.of(words.split(" "));
	}

	private static Client read(ResultSet row, int number) throws SQLException {
		return new Client(row.getString("client_id"), row.getString("secret_hash"), row.getString("jwks"),
				Set.copyOf(split(row.getString("scopes"))), split(row.getString("publish")),
				Instant.ofEpochMilli(row.getLong("created_at")));
	}

}
