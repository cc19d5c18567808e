package dev.usher.inbox.store;

import java.util.Collection;

import dev.usher.node.DepartedNodes;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Frees the messages that a dead node had taken. */
@Component
class ClaimRelease implements DepartedNodes {

	private final JdbcClient client;

	ClaimRelease(JdbcTemplate template) {
		this.client = JdbcClient.create(template);
	}

	@Override
	public void departed(String id) {
		this.client.sql("UPDATE inbox_claims SET owner = NULL, last_node = NULL WHERE owner = ?").param(id).update();
		this.client.sql("DELETE FROM inbox_reader_nodes WHERE node = ?").param(id).update();
	}

	@Override
	public void onlyRemaining(Collection<String> ids) {
		this.client.sql(
				"UPDATE inbox_claims SET owner = NULL, last_node = NULL WHERE owner IS NOT NULL AND owner NOT IN (:ids)")
			.param("ids", ids)
			.update();
		this.client.sql("DELETE FROM inbox_reader_nodes WHERE node NOT IN (:ids)").param("ids", ids).update();
	}

}
