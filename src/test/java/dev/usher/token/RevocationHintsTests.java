package dev.usher.token;

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.usher.testing.MutableClock;
import dev.usher.token.Revocation.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/** Whom the other nodes are told of, and when. */
class RevocationHintsTests {

	private final DataSource database = TokenFixture.h2();

	private final List<@Nullable String> hinted = new ArrayList<>();

	private final Revocations revocations = new Revocations(JdbcClient.create(this.database), (event) -> {
	}, new MutableClock(), TokenFixture.properties(null), this.hinted::add);

	private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(this.database));

	@Test
	void nodesWhenAUserOrASessionOfOneIsRevokedThenThoseOfTheUserAreTold() {
		this.revocations.revokeSession("a-session", "alice");
		this.revocations.revoke(this.revocations.lasting(Kind.USER, "bob", null));
		assertThat(this.hinted).containsExactly("alice", "bob");
	}

	@Test
	void nodesWhenItIsNotKnownWhoseTheTokenIsThenAllAreTold() {
		this.revocations.revoke(this.revocations.lasting(Kind.TOKEN, "a-token", null));
		this.revocations.revoke(this.revocations.lasting(Kind.SESSION, "a-session", null));
		assertThat(this.hinted).containsExactly(null, null);
	}

	@Test
	void nodesWhenTheRevocationIsNotCommittedYetThenAreNotTold() {
		this.transaction.executeWithoutResult((status) -> {
			this.revocations.revokeSession("a-session", "alice");
			assertThat(this.hinted).isEmpty();
		});
		assertThat(this.hinted).containsExactly("alice");
	}

	@Test
	void nodesWhenTheRevocationIsRolledBackThenAreNeverTold() {
		this.transaction.executeWithoutResult((status) -> {
			this.revocations.revokeSession("a-session", "alice");
			status.setRollbackOnly();
		});
		assertThat(this.hinted).isEmpty();
	}

}
