package dev.usher.socket;

import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.usher.access.Caller;
import dev.usher.node.NodeLease;
import dev.usher.node.TestNodes;
import dev.usher.presence.Presence;
import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The places of a user are counted on all nodes together, and a connect never waits long.
 */
class PlacesAcrossNodesTests {

	private static final int PLACES = 5;

	private static NodePair nodes;

	private static int probes;

	private final List<StompClient> opened = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void start() {
		nodes = new NodePair("usher.connect.per-user=" + PLACES);
	}

	@AfterAll
	static void stop() {
		nodes.close();
	}

	/** The test before may have taken one from the other, or the database from both. */
	@BeforeEach
	void awaitCounting() {
		NodePair.awaitCounting(nodes.one);
		NodePair.awaitCounting(nodes.other);
		// Nor has it left a connection that is still being removed.
		Await.until(() -> nodes.one.bean(Connections.class).size() + nodes.other.bean(Connections.class).size() == 0);
	}

	/** Not for a moment after the database was away. */
	private boolean isCounted() {
		String user = "probe" + ++probes;
		fill(nodes.one, user, PLACES);
		return connect(nodes.other, user).equals("overloaded");
	}

	@AfterEach
	void closeAll() {
		this.opened.forEach(StompClient::close);
	}

	private String connect(TestGateway node, String user) {
		return NodePair.connect(node, user, this.opened);
	}

	private void fill(TestGateway node, String user, int count) {
		for (int i = 0; i < count; i++) {
			assertThat(connect(node, user)).isEqualTo("CONNECTED");
		}
	}

	@Test
	void userWhenFullOnBothNodesTogetherThenTheNextIsRefusedOnEitherUntilOneLeaves() {
		fill(nodes.one, "ann", 2);
		fill(nodes.other, "ann", 3);
		assertThat(connect(nodes.one, "ann")).isEqualTo("overloaded");
		assertThat(connect(nodes.other, "ann")).isEqualTo("overloaded");
		assertThat(connect(nodes.other, "Ann")).as("another user").isEqualTo("CONNECTED");
		this.opened.get(0).sendAndWait("DISCONNECT");
		assertThat(connect(nodes.one, "ann")).as("on the same node at once").isEqualTo("CONNECTED");
		this.opened.get(1).close();
		Await.until(() -> nodes.rows("ann") == PLACES - 1);
		assertThat(connect(nodes.other, "ann")).isEqualTo("CONNECTED");
		assertThat(connect(nodes.one, "ann")).isEqualTo("overloaded");
	}

	@Test
	void userWhenTwentyComeAtOnceOverBothNodesThenExactlyAsManyAreLetInAsMay() throws Exception {
		Await.within(20, this::isCounted);
		for (int round = 0; round < 5; round++) {
			String user = "crowd" + round;
			assertThat(allAtOnce(user, 20).stream().filter("CONNECTED"::equals).count()).isEqualTo(PLACES);
			assertThat(nodes.rows(user)).isEqualTo(PLACES);
		}
	}

	private List<String> allAtOnce(String user, int count) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		CyclicBarrier together = new CyclicBarrier(count);
		try {
			List<Future<String>> answers = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				TestGateway node = (i % 2 == 0) ? nodes.one : nodes.other;
				StompClient client = node.open();
				this.opened.add(client);
				String token = node.token(user);
				answers.add(threads.submit(() -> {
					together.await();
					return client.sendConnect(token).read().command();
				}));
			}
			List<String> all = new ArrayList<>();
			for (Future<String> answer : answers) {
				all.add(answer.get());
			}
			return all;
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void nodeWhenItIsKilledThenThePlacesOfItsConnectionsAreFreed() {
		TestGateway killed = nodes.node("killed");
		try {
			NodePair.awaitCounting(killed);
			fill(killed, "ghost", PLACES);
			assertThat(connect(nodes.one, "ghost")).isEqualTo("overloaded");
			TestNodes.crash(killed.bean(NodeLease.class));
			Await.within(30, () -> nodes.rows("ghost") == 0);
			fill(nodes.one, "ghost", PLACES);
			assertThat(connect(nodes.other, "ghost")).isEqualTo("overloaded");
		}
		finally {
			killed.close();
		}
	}

	@Test
	void nodeWhenOthersTookItForDeadThenCountsItsConnectionsAgain() {
		fill(nodes.one, "revenant", PLACES);
		NodeLease lease = nodes.one.bean(NodeLease.class);
		JdbcTemplate template = nodes.other.bean(JdbcTemplate.class);
		template.update("DELETE FROM connections WHERE node = ?", lease.id());
		template.update("DELETE FROM nodes WHERE incarnation = ?", lease.id());
		Await.within(30, () -> nodes.rows("revenant") == PLACES);
		// It may have looked while the other was not there, and counts nobody then.
		Await.until(() -> nodes.other.bean(NodeLease.class).hasPeers());
		NodePair.awaitCounting(nodes.other);
		assertThat(connect(nodes.other, "revenant")).isEqualTo("overloaded");
	}

	@Test
	void databaseWhenItIsAwayThenAConnectWorksWithinTheLimitOfItsNodeAndIsCountedAfterwards() {
		nodes.away();
		try {
			fill(nodes.one, "lucky", PLACES);
			fill(nodes.other, "lucky", PLACES);
			assertThat(connect(nodes.one, "lucky")).isEqualTo("overloaded");
			this.opened.get(0).expectNothing();
		}
		finally {
			nodes.back();
		}
		Await.within(30, () -> countAgain("lucky") == 2 * PLACES);
		this.opened.subList(0, PLACES).forEach(StompClient::close);
		Await.within(30, () -> countAgain("lucky") == PLACES);
		assertThat(connect(nodes.one, "lucky")).isEqualTo("overloaded");
	}

	private static int countAgain(String user) {
		boolean both = nodes.one.bean(Presence.class).reserves() && nodes.other.bean(Presence.class).reserves();
		try {
			return (both) ? nodes.rows(user) : -1;
		}
		catch (RuntimeException ex) {
			return -1;
		}
	}

	@Test
	void readingThreadsWhenTheRowsAreSlowThenServeOthersMeanwhile() throws Exception {
		StompClient ben = nodes.one.connect("ben");
		this.opened.add(ben);
		List<StompClient> slow = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			slow.add(nodes.one.open());
		}
		this.opened.addAll(slow);
		try (Connection hold = nodes.holdRows()) {
			slow.forEach((client) -> client.sendConnect(nodes.one.token("slow" + slow.indexOf(client))));
			for (int i = 0; i < 10; i++) {
				ben.expectNothing();
			}
			assertThat(slow).allMatch(
					(client) -> nodes.one.bean(Connections.class).connectedOf("slow" + slow.indexOf(client)).isEmpty());
			hold.rollback();
		}
		slow.forEach((client) -> client.expect("CONNECTED"));
	}

	@Test
	void connectWhenTheRowsCannotBeWrittenThenIsLetInAndCountedLater() throws Exception {
		try (Connection hold = nodes.holdRows()) {
			fill(nodes.one, "patient", 1);
			hold.rollback();
		}
		Await.until(() -> nodes.rows("patient") == 1);
	}

	@Test
	void clientWhenItLeavesBeforeItsPlaceIsThereThenTakesNone() throws Exception {
		Connections connections = nodes.one.bean(Connections.class);
		StompClient hasty = nodes.one.open();
		Await.until(() -> connections.size() == 1);
		try (Connection hold = nodes.holdRows()) {
			hasty.sendConnect(nodes.one.token("hasty"));
			hasty.close();
			Await.until(() -> connections.size() == 0);
			hold.rollback();
		}
		fill(nodes.one, "after", 1);
		Await.until(() -> nodes.rows("after") == 1);
		Await.until(() -> nodes.rows("hasty") == 0);
		fill(nodes.other, "hasty", PLACES);
	}

	@Test
	void clientWhenItLeavesBeforeItIsVerifiedThenTakesNoPlace() {
		StompClient client = nodes.one.open();
		Connections connections = nodes.one.bean(Connections.class);
		Await.until(() -> connections.all().stream().anyMatch((each) -> each.caller() == null));
		StompConnection connection = connections.all()
			.stream()
			.filter((each) -> each.caller() == null)
			.findFirst()
			.orElseThrow();
		Caller late = caller(nodes.one, "late");
		CompletableFuture<Caller> verified = new CompletableFuture<>();
		CompletableFuture<Caller> reserved = nodes.one.bean(Admission.class)
			.reserve(connection, verified)
			.toCompletableFuture();
		client.close();
		Await.until(() -> connection.state() == StompConnection.State.ENDED);
		verified.complete(late);
		reserved.join();
		fill(nodes.one, "behind", 1);
		assertThat(nodes.rows("behind")).isEqualTo(1);
		assertThat(nodes.rows("late")).isZero();
	}

	private Caller caller(TestGateway node, String user) {
		fill(node, user, 1);
		StompClient client = this.opened.get(this.opened.size() - 1);
		Caller caller = Objects.requireNonNull(node.bean(Connections.class).connectedOf(user).get(0).caller());
		client.close();
		Await.until(() -> nodes.rows(user) == 0);
		assertThat(caller.expiresAt()).isAfter(Instant.EPOCH);
		return caller;
	}

}
