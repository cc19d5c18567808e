package dev.usher.nodes;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Answer;
import dev.usher.testing.Await;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A node, or the database, that is away for longer than a lease and comes back. */
abstract class PauseCases extends ClusterCases {

	private static final int HELD = 5;

	private static final int SESSIONS = Scale.of(8, 50);

	/** Longer than a lease in any case. */
	private static final double AWAY = Scale.of(2 * (int) Cluster.LEASE.toSeconds() - 2, 20);

	/** What a node that wakes delivers waits for so long at most until it has heard. */
	private static final long HELD_BACK = TimeUnit.SECONDS.toNanos(3);

	private static final String CLAIMS = """
			SELECT l.address || ' ' || c.log_offset, c.owner FROM inbox_claims c
			JOIN inbox_readers r ON r.id = c.reader_id JOIN inbox_logs l ON l.id = r.log_id
			WHERE l.address = '/queue/away'""";

	private static final String LEASES = "SELECT name, lease_until FROM nodes";

	/** However the case ended. */
	@AfterEach
	void wakesUp() {
		this.c.database().mend();
		this.c.resume();
	}

	@Test
	void nodeWhenItStoppedForLongerThanItsLeaseThenWhatComesTwiceIsMarked() {
		ConcurrentLinkedQueue<Listener.Arrival> arrivals = new ConcurrentLinkedQueue<>();
		String publisher = ClusterNode.token("publisher");
		try (Listener onC = Listener.connect(this.c, ClusterNode.token("worker"), arrivals::add)) {
			onC.subscribe("/queue/paused", "ack:client-individual");
			publish(publisher, "/queue/paused", HELD);
			Await.within(30, () -> onC.count() == HELD);
			try (Listener onB = Listener.connect(this.b, ClusterNode.token("worker"), arrivals::add)) {
				onB.subscribe("/queue/paused", "ack:client-individual");
				this.c.pause();
				publish(publisher, "/queue/paused", HELD);
				// What was published last is free, what C holds is when its lease is
				// over.
				Await.within(60, () -> offsets(onB).size() == 2 * HELD);
				onB.messages().forEach(Listener.Arrival::acknowledge);
				this.c.resume();
				Await.within(60, () -> this.c.metric("usher_nodes") == 3);
				publish(publisher, "/queue/paused", HELD);
				Await.within(60, () -> {
					Set<Long> all = offsets(onB);
					all.addAll(offsets(onC));
					return all.size() == 3 * HELD;
				});
			}
		}
		Set<Long> seen = new HashSet<>();
		arrivals.stream()
			.sorted((one, other) -> Long.compare(one.at(), other.at()))
			.forEach((arrival) -> assertThat(seen.add(arrival.offset()) || arrival.redelivered())
				.as("%d came twice and the second is marked", arrival.offset())
				.isTrue());
	}

	private static Set<Long> offsets(Listener listener) {
		Set<Long> offsets = new HashSet<>();
		listener.messages().forEach((arrival) -> offsets.add(arrival.offset()));
		return offsets;
	}

	private void publish(String token, String to, int messages) {
		for (int i = 0; i < messages; i++) {
			Cluster.publish(this.a, token, to, "a message");
		}
	}

	@Test
	void nodeWhenItWakesThenHearsWhoWasEndedBeforeItDeliversAnything() {
		assertThat(List.of("sleeper", "sleeping", "asleep")).anyMatch(this::hearsInTimeWhoWasEnded);
	}

	/** After three seconds it goes on all the same, as on a machine that is too busy. */
	private boolean hearsInTimeWhoWasEnded(String name) {
		this.cluster.awaitWell();
		List<String> tokens = new ArrayList<>();
		List<Listener> sockets = new ArrayList<>();
		for (int i = 0; i < SESSIONS; i++) {
			String user = name + i;
			this.cluster.account(user);
			tokens.add(Cluster.login(this.a, user, Cluster.PASSWORD).text("access_token"));
			sockets.add(Listener.connect(this.c, tokens.get(i)));
			sockets.get(i).subscribe("/user/topic/news");
			sockets.get(i).subscribe("/user/queue/news");
		}
		String publisher = ClusterNode.token("publisher");
		this.c.pause();
		for (String token : tokens) {
			assertThat(this.a.call("POST", "/auth/logout", token, null).status()).isEqualTo(204);
		}
		for (int i = 0; i < SESSIONS; i++) {
			for (String kind : List.of("topic", "queue")) {
				Answer answer = this.a.call("POST", "/api/messages", publisher,
						Map.of("to", "/user/" + name + i + "/" + kind + "/news", "body", "after the logout"));
				assertThat(answer.status()).isEqualTo(200);
			}
		}
		Await.within(60, () -> this.a.metric("usher_nodes") == 2);
		// So that the bus is sure to be faster.
		this.c.database().hold();
		long woken = System.nanoTime();
		this.c.resume();
		assertThat(this.c.call("GET", "/actuator/health/liveness", null, null).status()).isEqualTo(200);
		this.c.database().mend();
		boolean inTime = true;
		for (Listener socket : sockets) {
			Listener.Ended ended = socket.awaitEnd();
			assertThat(ended.code()).isEqualTo("revoked");
			inTime &= ended.at() - woken < HELD_BACK;
		}
		if (inTime) {
			assertThat(sockets)
				.allSatisfy((socket) -> assertThat(socket.messages()).extracting((arrival) -> arrival.frame().text())
					.isEmpty());
		}
		return inTime;
	}

	@Test
	void databaseWhenItIsAwayForLongerThanALeaseThenNoClaimChangesItsOwner() throws SQLException {
		String publisher = ClusterNode.token("publisher");
		try (Listener onB = Listener.connect(this.b, ClusterNode.token("worker"));
				Listener onC = Listener.connect(this.c, ClusterNode.token("worker"))) {
			onB.subscribe("/queue/away", "ack:client-individual");
			onC.subscribe("/queue/away", "ack:client-individual");
			publish(publisher, "/queue/away", 20);
			Await.within(30, () -> onB.count() + onC.count() == 20);
			Map<String, String> before = rows(CLAIMS);
			assertThat(before).hasSize(20);
			this.cluster.nodes().forEach((node) -> node.database().cut());
			Await.within(90, () -> this.cluster.nodes().stream().allMatch((node) -> lag(node) > AWAY));
			this.cluster.nodes().forEach((node) -> node.database().mend());
			awaitRenewals((int) Cluster.LEASE.toSeconds() + 2);
			assertThat(rows(CLAIMS)).isEqualTo(before);
			assertThat(onB.count() + onC.count()).as("nothing was handed out again").isEqualTo(20);
			for (Listener each : List.of(onB, onC)) {
				each.messages().forEach(Listener.Arrival::acknowledge);
				each.receipt(StompFrame.of("SEND", "destination:/app/ping"));
			}
			Await.within(30, () -> claims().isEmpty());
		}
	}

	private static double lag(ClusterNode node) {
		return node.metric("usher_changes_lag_seconds");
	}

	/** Waits until each node has renewed its lease so many times. */
	private void awaitRenewals(int times) throws SQLException {
		for (int i = 0; i < times; i++) {
			Map<String, String> before = rows(LEASES);
			Await.within(60, () -> {
				Map<String, String> now = leases();
				return before.entrySet().stream().noneMatch((each) -> each.getValue().equals(now.get(each.getKey())));
			});
		}
	}

	private Map<String, String> leases() {
		return unchecked(LEASES);
	}

	private Map<String, String> claims() {
		return unchecked(CLAIMS);
	}

	private Map<String, String> unchecked(String query) {
		try {
			return rows(query);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Map<String, String> rows(String query) throws SQLException {
		try (Connection connection = this.cluster.postgres().connect();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(query)) {
			Map<String, String> rows = new TreeMap<>();
			while (result.next()) {
				rows.put(result.getString(1), String.valueOf(result.getString(2)));
			}
			return rows;
		}
	}

}
