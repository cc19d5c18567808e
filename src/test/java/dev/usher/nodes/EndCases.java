package dev.usher.nodes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What ends on one node ends on the others, and nothing of it is missed. */
abstract class EndCases extends ClusterCases {

	private static final int SOCKETS = Scale.of(100, 1_000);

	private static final int REVOCATIONS = Scale.of(100, 1_000);

	private static final long HOUR = 3_600_000;

	@Test
	void logoutWhenItIsOnOneNodeThenTheSocketsOnTheOthersClose() {
		Figures.print("logout, sockets on the other nodes closed", logout("leaves"));
	}

	@Test
	void logoutWhenRedisIsAwayThenTheSocketsOnTheOthersCloseAllTheSame() {
		this.cluster.redis().stop();
		try {
			Figures.print("logout without Redis, sockets on the other nodes closed", logout("leaves-alone"));
		}
		finally {
			this.cluster.redis().restart();
		}
	}

	/** Half of the sockets are on each of the other two nodes. */
	private List<Long> logout(String user) {
		this.cluster.account(user);
		Answer login = Cluster.login(this.a, user, Cluster.PASSWORD);
		String token = login.text("access_token");
		Answer other = Cluster.login(this.a, user, Cluster.PASSWORD);
		List<Listener> sockets = new ArrayList<>();
		for (int i = 0; i < SOCKETS; i++) {
			sockets.add(Listener.connect((i % 2 == 0) ? this.b : this.c, token));
		}
		try (Listener stays = Listener.connect(this.b, other.text("access_token"))) {
			long begun = System.nanoTime();
			assertThat(this.a.call("POST", "/auth/logout", token, null).status()).isEqualTo(204);
			List<Long> nanos = new ArrayList<>();
			for (Listener socket : sockets) {
				Listener.Ended ended = socket.awaitEnd();
				assertThat(ended.code()).isEqualTo("revoked");
				nanos.add(ended.at() - begun);
			}
			assertRefused(this.b, token);
			assertRefused(this.c, token);
			assertThat(stays.isOpen()).isTrue();
			return nanos;
		}
	}

	private static void assertRefused(ClusterNode node, String token) {
		assertThat(node.call("POST", "/api/messages", token, Map.of("to", "/topic/x", "body", "x")).code())
			.isEqualTo("revoked");
		try (StompClient client = StompClient.open(node.port())) {
			assertThat(client.sendConnect(token).read().header("code")).isEqualTo("revoked");
		}
	}

	/** One transaction begins before all others and commits when they are over. */
	@Test
	void tokensWhenRevokedWhileRedisRestartsAndATransactionCommitsLateThenNoneIsMissed() throws SQLException {
		List<String> ids = new ArrayList<>();
		List<String> tokens = new ArrayList<>();
		List<Listener> sockets = new ArrayList<>();
		for (int i = 0; i < REVOCATIONS; i++) {
			ids.add(UUID.randomUUID().toString());
			tokens.add(ClusterNode.token("many", ids.get(i)));
			sockets.add(Listener.connect((i % 2 == 0) ? this.b : this.c, tokens.get(i)));
		}
		String lateId = UUID.randomUUID().toString();
		String lateToken = ClusterNode.token("many", lateId);
		try (Connection late = this.cluster.postgres().connect();
				Listener onB = Listener.connect(this.b, lateToken);
				Listener onC = Listener.connect(this.c, lateToken)) {
			late.setAutoCommit(false);
			revoke(late, lateId);
			revokeWhileRedisRestarts(ids);
			for (Listener socket : sockets) {
				assertThat(socket.awaitEnd().code()).isEqualTo("revoked");
			}
			assertThat(onB.isOpen() && onC.isOpen()).as("what is not committed ends nothing").isTrue();
			long begun = System.nanoTime();
			late.commit();
			assertThat(onB.awaitEnd().code()).isEqualTo("revoked");
			assertThat(onC.awaitEnd().code()).isEqualTo("revoked");
			Figures.print("a revocation that was committed late, until its sockets closed", System.nanoTime() - begun);
		}
		tokens.add(lateToken);
		for (String token : tokens) {
			assertRefused(this.b, token);
			assertRefused(this.c, token);
		}
	}

	private void revokeWhileRedisRestarts(List<String> ids) {
		CompletableFuture<Void> restart = new CompletableFuture<>();
		for (int i = 0; i < ids.size(); i++) {
			if (i == ids.size() / 3) {
				restart = CompletableFuture.runAsync(this.cluster.redis()::restart);
			}
			assertThat(this.a.call("POST", "/admin/revocations", this.cluster.admin(), Map.of("token_id", ids.get(i)))
				.status()).isEqualTo(201);
		}
		restart.join();
	}

	private static void revoke(Connection connection, String tokenId) throws SQLException {
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO revocations (kind, target, expires_at) VALUES ('TOKEN', ?, ?)")) {
			insert.setString(1, tokenId);
			insert.setLong(2, System.currentTimeMillis() + HOUR);
			insert.executeUpdate();
		}
	}

	@Test
	void accountWhenDeletedOnOneNodeThenItsReadersOnTheOthersEnd() {
		this.cluster.account("goes");
		String token = Cluster.login(this.a, "goes", Cluster.PASSWORD).text("access_token");
		String publisher = ClusterNode.token("publisher");
		Cluster.publish(this.a, publisher, "/user/goes/queue/in", "before");
		try (Listener onB = Listener.connect(this.b, token); Listener onC = Listener.connect(this.c, token)) {
			onB.subscribe("/user/queue/in", "offset:0");
			onC.subscribe("/user/queue/in", "durable:phone", "offset:0", "ack:client");
			Await.within(30, () -> onB.count() == 1 && onC.count() == 1);
			long begun = System.nanoTime();
			assertThat(this.a.call("DELETE", "/admin/accounts/goes", this.cluster.admin(), null).status())
				.isEqualTo(204);
			List<Long> nanos = new ArrayList<>();
			for (Listener each : List.of(onB, onC)) {
				Listener.Ended ended = each.awaitEnd();
				assertThat(ended.code()).isIn("revoked", "forbidden");
				nanos.add(ended.at() - begun);
			}
			Figures.print("account deleted, readers on the other nodes ended", nanos);
		}
		assertRefused(this.b, token);
		assertRefused(this.c, token);
	}

}
