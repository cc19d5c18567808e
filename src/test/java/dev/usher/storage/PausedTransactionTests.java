package dev.usher.storage;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A node that is paused in the middle of a transaction, as by SIGSTOP or a snapshot of
 * its machine, must not keep others waiting for its locks.
 */
class PausedTransactionTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.POSTGRES);
		node.makeUser("ann", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@Test
	void logoutWhenATransactionThatAsksNothingHoldsTheRowThenGoesOn() throws SQLException {
		String token = node.login("ann").text("access_token");
		Connection paused = node.bean(DataSource.class).getConnection();
		paused.setAutoCommit(false);
		try (Statement statement = paused.createStatement()) {
			statement.execute("SELECT 1 FROM sessions FOR UPDATE");
		}
		Answer answer = node.call("POST", "/auth/logout", token, null);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
		assertThatExceptionOfType(SQLException.class).isThrownBy(paused::commit);
		paused.close();
	}

	/** Migrations wait for as long as they take; none of their connections is left. */
	@Test
	void connectionsWhenTheSchemaIsUpToDateThenAllHaveTheLimit() throws SQLException {
		Connection[] all = new Connection[10];
		try {
			for (int i = 0; i < all.length; i++) {
				all[i] = node.bean(DataSource.class).getConnection();
				try (Statement statement = all[i].createStatement();
						ResultSet limit = statement.executeQuery("SHOW idle_in_transaction_session_timeout")) {
					assertThat(limit.next()).isTrue();
					assertThat(limit.getString(1)).isEqualTo("4s");
				}
			}
		}
		finally {
			for (Connection each : all) {
				if (each != null) {
					each.close();
				}
			}
		}
	}

}
