package dev.usher.presence;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import dev.usher.inbox.store.TestDatabase;
import dev.usher.node.NodeLease;
import dev.usher.node.TestNodes;
import dev.usher.presence.Presence.Limit;
import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Rows follow the memory of a node, on a PostgreSQL that fails now and then. */
class RowWriterTests {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private static final Patience PATIENCE = new Patience(Duration.ofMinutes(1), Duration.ofMinutes(1));

	private final TestDatabase database = TestDatabase.postgres();

	private final ConcurrentHashMap<String, HeldPlace> held = new ConcurrentHashMap<>();

	private NodeLease peer;

	private NodeLease node;

	private RowWriter writer;

	@BeforeEach
	void start() {
		this.peer = TestNodes.start(this.database.template(), "peer", LEASE, Clock.systemUTC());
		this.node = TestNodes.start(this.database.template(), "node", LEASE, Clock.systemUTC());
		this.writer = new RowWriter(new ConnectionRows(this.database.template(), this.node.id(), PATIENCE), this.node,
				this.held, (replaced) -> {
				});
		this.writer.limit(new Limit(1, false, PATIENCE.connect()));
		this.writer.start();
		Await.within(20, this.writer::mirrors);
	}

	@AfterEach
	void stop() {
		this.writer.stop();
		TestNodes.crash(this.node);
		TestNodes.crash(this.peer);
		this.database.close();
	}

	private CompletableFuture<Boolean> reserve(String id, String username) {
		return this.writer.reserve(new HeldPlace(id, username, null, System.nanoTime()));
	}

	private void leave(String id) {
		this.held.remove(id);
		this.writer.changed(id);
	}

	private List<String> rows() {
		return this.database.template().queryForList("SELECT id FROM connections ORDER BY id", String.class);
	}

	@Test
	void placeWhenItIsRefusedThenNothingOfItStays() {
		assertThat(reserve("a1", "ann").join()).isTrue();
		assertThat(reserve("a2", "ann").join()).isFalse();
		Await.until(() -> this.held.keySet().equals(Set.of("a1")));
		leave("a1");
		assertThat(reserve("a3", "ann").join()).isTrue();
		assertThat(rows()).containsExactly("a3");
	}

	@Test
	void placesWhenTheDatabaseFailsThenAreGivenAtOnceAndTheRowsFollowOnceItIsBack() {
		assertThat(reserve("a1", "ann").join()).isTrue();
		assertThat(reserve("b1", "ben").join()).isTrue();
		this.database.template().execute("ALTER TABLE connections RENAME TO away");
		assertThat(reserve("a2", "ann").join()).isTrue();
		for (int i = 0; i < 1000; i++) {
			assertThat(reserve("brief" + i, "ann")).isCompletedWithValue(true);
			leave("brief" + i);
		}
		leave("b1");
		assertThat(this.writer.waiting()).as("what is kept for a database that does not answer").isZero();
		this.database.template().execute("ALTER TABLE away RENAME TO connections");
		Await.within(20, () -> rows().equals(List.of("a1", "a2")));
		assertThat(reserve("a3", "ann").join()).isFalse();
		assertThat(reserve("b2", "ben").join()).isTrue();
	}

	@Test
	void rowsWhenTheyAreLostWithTheLeaseThenAreWrittenAgain() {
		List<CompletableFuture<Boolean>> places = IntStream.range(0, 1000)
			.mapToObj((i) -> reserve("id" + i, "user" + i))
			.toList();
		assertThat(places).allMatch(CompletableFuture::join);
		// In this order: the loss of the lease is what has the rows compared.
		this.database.template().update("DELETE FROM connections");
		this.database.template().update("DELETE FROM nodes WHERE incarnation = ?", this.node.id());
		Await.within(30, () -> rows().size() == 1000);
		assertThat(reserve("late", "user7").join()).isFalse();
	}

}
