package dev.usher.account;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** The table of callers that have no account here. Every call blocks for the database. */
@Repository
class ForeignUsers {

	private final JdbcClient jdbc;

	private final JdbcTemplate template;

	private final TransactionTemplate transaction;

	ForeignUsers(JdbcClient jdbc, JdbcTemplate template, TransactionTemplate transaction) {
		this.jdbc = jdbc;
		this.template = template;
		this.transaction = transaction;
	}

	/** Those of the names that came. */
	Set<String> find(Collection<String> names) {
		return this.jdbc.sql("SELECT name FROM foreign_users WHERE name IN (:names)")
			.param("names", names)
			.query(String.class)
			.set();
	}

	/**
	 * Writes down who came, all or none.
	 * @param issuers the issuer of each name
	 */
	void seen(Map<String, String> issuers, Instant at) {
		try {
			this.transaction.executeWithoutResult((status) -> write(issuers, at));
		}
		catch (DuplicateKeyException ex) {
			// Another node was faster: its names are found now.
			this.transaction.executeWithoutResult((status) -> write(issuers, at));
		}
	}

	private void write(Map<String, String> issuers, Instant at) {
		Set<String> known = find(issuers.keySet());
		if (!known.isEmpty()) {
			this.jdbc.sql("UPDATE foreign_users SET seen_at = :at WHERE name IN (:names)")
				.param("at", at.toEpochMilli())
				.param("names", known)
				.update();
		}
		List<Object[]> rows = new ArrayList<>();
		// In one order, so that two nodes with the same names cannot lock each other out.
		new TreeMap<>(issuers).forEach((name, issuer) -> {
			if (!known.contains(name)) {
				rows.add(new Object[] { name, issuer, at.toEpochMilli() });
			}
		});
		this.template.batchUpdate("INSERT INTO foreign_users (name, issuer, seen_at) VALUES (?, ?, ?)", rows);
	}

	/** Forgets those that have not come since. */
	void forget(Instant before) {
		this.jdbc.sql("DELETE FROM foreign_users WHERE seen_at < ?").param(before.toEpochMilli()).update();
	}

}
