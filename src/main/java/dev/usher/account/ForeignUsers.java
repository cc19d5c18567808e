package dev.usher.account;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of callers that have no account here. Every call blocks for the database. */
@Repository
class ForeignUsers {

	private final JdbcClient jdbc;

	ForeignUsers(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** Those of the names that came. */
	Set<String> find(Collection<String> names) {
		return this.jdbc.sql("SELECT name FROM foreign_users WHERE name IN (:names)")
			.param("names", names)
			.query(String.class)
			.set();
	}

	/**
	 * Writes down who came.
	 * @param issuers the issuer of each name
	 */
	void seen(Map<String, String> issuers, Instant at) {
		Set<String> known = find(issuers.keySet());
		if (!known.isEmpty()) {
			this.jdbc.sql("UPDATE foreign_users SET seen_at = :at WHERE name IN (:names)")
				.param("at", at.toEpochMilli())
				.param("names", known)
				.update();
		}
		issuers.forEach((name, issuer) -> {
			if (!known.contains(name)) {
				insert(name, issuer, at);
			}
		});
	}

	private void insert(String name, String issuer, Instant at) {
		try {
			this.jdbc.sql("INSERT INTO foreign_users (name, issuer, seen_at) VALUES (?, ?, ?)")
				.params(name, issuer, at.toEpochMilli())
				.update();
		}
		catch (DuplicateKeyException ex) {
			// Another node was faster.
		}
	}

	/** Forgets those that have not come since. */
	void forget(Instant before) {
		this.jdbc.sql("DELETE FROM foreign_users WHERE seen_at < ?").param(before.toEpochMilli()).update();
	}

}
