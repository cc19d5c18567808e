package dev.usher.presence;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.usher.cluster.Changes;
import dev.usher.inbox.store.TestDatabase;
import dev.usher.node.NodeLease;
import dev.usher.node.TestNodes;
import dev.usher.presence.Presence.Limit;
import dev.usher.presence.Presence.PlaceFilter;
import dev.usher.presence.Presence.PlaceRange;
import dev.usher.presence.RowBatch.Outcome;
import dev.usher.presence.RowBatch.Replaced;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The rows of connections, on a real PostgreSQL, as several nodes write them at once. */
class ConnectionRowsTests {

	private static final int NODES = 6;

	private static final Patience PATIENCE = new Patience(Duration.ofMinutes(1), Duration.ofMinutes(1));

	private static TestDatabase database;

	private final ConnectionRows one = rows("one");

	private final ConnectionRows other = rows("other");

	@BeforeAll
	static void open() {
		database = TestDatabase.postgres();
	}

	@AfterAll
	static void close() {
		database.close();
	}

	@BeforeEach
	void clear() {
		database.template().update("DELETE FROM connections");
	}

	private static ConnectionRows rows(String node) {
		return new ConnectionRows(database.template(), node, PATIENCE);
	}

	private static Limit refusing(int perUser) {
		return new Limit(perUser, false, Duration.ofSeconds(1));
	}

	private static Limit replacing(int perUser) {
		return new Limit(perUser, true, Duration.ofSeconds(1));
	}

	private static HeldPlace held(String id, String username, @Nullable String sessionId) {
		return new HeldPlace(id, username, sessionId, System.nanoTime());
	}

	private static HeldPlace held(String id) {
		return held(id, "ann", null);
	}

	private static RowBatch coming(HeldPlace... coming) {
		return new RowBatch(List.of(), List.of(), List.of(coming));
	}

	private static List<String> ids() {
		return database.template().queryForList("SELECT id FROM connections ORDER BY id", String.class);
	}

	@Test
	void placesWhenTheyAreFewerThanThoseWhoComeThenTheFirstOfEachUserHaveThem() {
		assertThat(this.one.write(coming(held("a1")), refusing(2)).admitted()).containsExactly("a1");
		Outcome outcome = this.other.write(coming(held("a2"), held("a3"), held("b1", "ben", "s"), held("a4")),
				refusing(2));
		assertThat(outcome.admitted()).containsExactlyInAnyOrder("a2", "b1");
		assertThat(outcome.replaced()).isEmpty();
		assertThat(ids()).containsExactly("a1", "a2", "b1");
	}

	@Test
	void placeWhenItsHolderGoesInTheSameBatchThenIsFree() {
		this.one.write(coming(held("a1")), refusing(1));
		RowBatch batch = new RowBatch(List.of("a1"), List.of(), List.of(held("a2")));
		assertThat(this.one.write(batch, refusing(1)).admitted()).containsExactly("a2");
		assertThat(ids()).containsExactly("a2");
	}

	@Test
	void oldestWhenReplacedThenIsNamedOnceOnWhicheverNodeItIs() {
		this.one.write(coming(held("a1"), held("a2")), replacing(2));
		assertThat(this.other.write(coming(held("a3")), replacing(2)).replaced())
			.containsExactly(new Replaced("one", "a1", "ann"));
		assertThat(this.other.write(coming(held("a4")), replacing(2)).replaced())
			.containsExactly(new Replaced("one", "a2", "ann"));
		assertThat(this.one.replaced()).extracting(Replaced::id).containsExactlyInAnyOrder("a1", "a2");
		assertThat(this.other.replaced()).isEmpty();
	}

	@Test
	void oldestWhenItsRowWasWrittenLateThenIsTheOldestAllTheSame() {
		this.one.write(coming(held("new")), replacing(1));
		HeldPlace earlier = new HeldPlace("old", "ann", null, System.nanoTime() - Duration.ofMinutes(1).toNanos());
		this.other.write(new RowBatch(List.of(), List.of(earlier), List.of()), replacing(1));
		assertThat(this.other.write(coming(held("newest")), replacing(2)).replaced())
			.containsExactly(new Replaced("other", "old", "ann"));
	}

	@Test
	void rowsWhenKnownThenAreWrittenWhateverTheLimitAndFollowTheirSession() {
		this.one.write(new RowBatch(List.of(), List.of(held("a1"), held("a2", "ann", "s1")), List.of()), refusing(1));
		this.one.write(new RowBatch(List.of(), List.of(held("a2", "ann", "s2")), List.of()), refusing(1));
		assertThat(this.one.own()).hasSize(2).containsEntry("a1", null).containsEntry("a2", "s2");
		assertThat(this.other.elsewhere(List.of("s1", "s2"))).isEqualTo(Map.of("s2", 1));
		assertThat(this.one.elsewhere(List.of("s1", "s2"))).as("of its own it knows without asking").isEmpty();
	}

	@Test
	void rowsWhenTheirNodeIsGoneThenAreRemovedAndOthersStay() {
		this.one.write(coming(held("a1")), refusing(9));
		this.other.write(coming(held("a2")), refusing(9));
		rows("third").write(coming(held("a3")), refusing(9));
		this.one.removeAllOf("other");
		assertThat(ids()).containsExactly("a1", "a3");
		this.one.removeAllBut(List.of("third", "other"));
		assertThat(ids()).containsExactly("a3");
	}

	/** Nobody need find them first: they go in the transaction that ends its lease. */
	@Test
	void placesWhenTheLeaseOfTheirNodeEndsThenAreFreeWithIt() {
		DepartedConnections holder = new DepartedConnections(new Changes(database.template()), this.one);
		NodeLease leaving = TestNodes.start(database.template(), "leaving", Duration.ofSeconds(30), Clock.systemUTC(),
				holder);
		rows(leaving.id()).write(coming(held("a1")), refusing(1));
		assertThat(this.other.write(coming(held("a2")), refusing(1)).admitted()).isEmpty();
		leaving.destroy();
		assertThat(this.other.write(coming(held("a3")), refusing(1)).admitted()).containsExactly("a3");
		assertThat(ids()).containsExactly("a3");
	}

	@Test
	void placesWhenManyNodesTakeThemAtOnceThenNoMoreAreTakenThanThereAre() throws Exception {
		onEachNode((rows, random, node) -> rows.write(batch(random, node, List.of()), refusing(3)).admitted());
		assertThat(database.template().queryForList("SELECT count(*) FROM connections GROUP BY username", Long.class))
			.containsOnly(3L);
	}

	/** Each also removes its own rows while others mark them: none may wait for ever. */
	@Test
	void placesWhenManyNodesReplaceEachOthersAtOnceThenNoneFailsAndTheLimitHolds() throws Exception {
		List<List<String>> mine = IntStream.range(0, NODES)
			.mapToObj((i) -> (List<String>) new ArrayList<String>())
			.toList();
		onEachNode((rows, random, node) -> {
			List<String> own = mine.get(node);
			List<String> gone = own.stream().filter((id) -> random.nextInt(3) == 0).toList();
			own.removeAll(gone);
			Outcome outcome = rows.write(batch(random, node, gone), replacing(3));
			own.addAll(outcome.admitted());
			return outcome;
		});
		assertThat(database.template()
			.queryForList("SELECT count(*) FROM connections WHERE NOT replaced GROUP BY username", Long.class))
			.allMatch((count) -> count <= 3);
	}

	private static RowBatch batch(Random random, int node, List<String> gone) {
		List<HeldPlace> coming = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			coming.add(held(node + "-" + random.nextLong(), "user" + random.nextInt(5), null));
		}
		return new RowBatch(gone, List.of(), coming);
	}

	private static void onEachNode(Turn turn) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(NODES);
		try {
			List<Callable<Void>> all = new ArrayList<>();
			for (int i = 0; i < NODES; i++) {
				int node = i;
				ConnectionRows rows = rows("node" + i);
				Random random = new Random(i);
				all.add(() -> {
					for (int j = 0; j < 60; j++) {
						turn.take(rows, random, node);
					}
					return null;
				});
			}
			for (Future<Void> each : threads.invokeAll(all)) {
				each.get();
			}
		}
		finally {
			threads.shutdown();
		}
	}

	@FunctionalInterface
	private interface Turn {

		Object take(ConnectionRows rows, Random random, int node);

	}

	@Test
	void connectionWhenAnOperatorEndsItThenItsPlaceIsFreeAndItsNodeIsTold() {
		this.one.write(coming(held("a1")), refusing(1));
		assertThat(this.other.end("a1", List.of("one", "other")))
			.containsExactly(new Replaced("one", "a1", "ann", true));
		assertThat(this.other.end("a2", List.of("one", "other"))).isEmpty();
		assertThat(this.one.end("a1", List.of("one", "other"))).as("of its own it knows without asking").isEmpty();
		assertThat(this.one.replaced()).containsExactly(new Replaced("one", "a1", "ann", true));
		assertThat(this.other.write(coming(held("b1")), refusing(1)).admitted()).containsExactly("b1");
		assertThat(this.other.list(new PlaceFilter(null, null, null), new PlaceRange("", null, "other"), 9)).isEmpty();
	}

}
