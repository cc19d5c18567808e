package dev.usher.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import dev.usher.inbox.store.TestDatabase;
import dev.usher.presence.Presence.Limit;
import dev.usher.presence.Presence.Place;
import dev.usher.presence.Presence.PlaceFilter;
import dev.usher.presence.Presence.PlaceRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Lists of the rows of connections, on a real PostgreSQL. */
class ConnectionRowsListTests {

	private static final PlaceFilter NO_FILTER = new PlaceFilter(null, null, null);

	private final TestDatabase database = TestDatabase.postgres();

	private final JdbcTemplate template = this.database.template();

	@AfterEach
	void close() {
		this.database.close();
	}

	private static ConnectionRows rows(JdbcTemplate template, String node) {
		return new ConnectionRows(template, node, new Patience(Duration.ofMinutes(1), Duration.ofMinutes(1)));
	}

	private void write(String node, HeldPlace... coming) {
		rows(this.template, node).write(new RowBatch(List.of(), List.of(), List.of(coming)),
				new Limit(99, false, Duration.ofSeconds(1)));
	}

	private static HeldPlace held(String id, String username, @Nullable String sessionId) {
		return new HeldPlace(id, username, sessionId, System.nanoTime());
	}

	@Test
	void listWhenPagedThenGoesThroughTheRowsOfARange() {
		write("one", held("a1", "ann", null), held("a2", "ben", "s1"), held("a3", "ann", null));
		write("other", held("b1", "ann", null), held("b2", "ben", "s2"));
		ConnectionRows asks = rows(this.template, "self");
		PlaceRange all = new PlaceRange("", null, null);
		assertThat(listed(asks, NO_FILTER, all, 9)).containsExactly("a1", "a2", "a3", "b1", "b2");
		assertThat(listed(asks, NO_FILTER, new PlaceRange("one", "a2", null), 2)).containsExactly("a3", "b1");
		assertThat(listed(asks, NO_FILTER, new PlaceRange("", null, "other"), 9)).containsExactly("a1", "a2", "a3");
		assertThat(listed(asks, new PlaceFilter(null, "ben", null), all, 9)).containsExactly("a2", "b2");
		assertThat(listed(asks, new PlaceFilter(null, "ben", "s2"), all, 9)).containsExactly("b2");
		assertThat(listed(asks, new PlaceFilter("other", null, null), all, 9)).containsExactly("b1", "b2");
		assertThat(listed(asks, new PlaceFilter(null, "ben' OR '1'='1", null), all, 9)).isEmpty();
	}

	private static List<String> listed(ConnectionRows rows, PlaceFilter filter, PlaceRange range, int limit) {
		return rows.list(filter, range, limit).stream().map(Place::id).toList();
	}

	/**
	 * A page goes on wherever it is asked for, and nodes have their own in the order of
	 * Java.
	 */
	@Test
	void listWhenTheLanguageOfTheDatabaseHasAnotherOrderThenIsInTheOrderOfJava() {
		assumeTrue(number("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'") > 0,
				"This PostgreSQL was built without ICU");
		this.template.execute("CREATE COLLATION danish (provider = icu, locale = 'da')");
		assertThat(number("SELECT count(*) WHERE 'aa' COLLATE danish > 'z'")).isOne();
		this.template.execute("ALTER TABLE connections ALTER node TYPE VARCHAR(16) COLLATE danish, "
				+ "ALTER id TYPE VARCHAR(64) COLLATE danish");
		List<String> some = Stream.of("a", "a-a", "aa", "aab", "ab", "B", "z", "1aa", "1b").sorted().toList();
		List<Place> all = new ArrayList<>();
		for (String node : some) {
			write(node, some.stream().map((id) -> held(id, "ann", null)).toArray(HeldPlace[]::new));
			some.forEach((id) -> all.add(new Place(node, id, "ann", null, Instant.EPOCH)));
		}
		for (Place after : all) {
			assertPage(all, new PlaceRange(after.node(), after.id(), null));
			assertPage(all, new PlaceRange(after.node(), null, null));
			for (String before : some) {
				assertPage(all, new PlaceRange(after.node(), after.id(), before));
			}
		}
	}

	private int number(String sql) {
		Integer number = this.template.queryForObject(sql, Integer.class);
		return (number != null) ? number : 0;
	}

	private void assertPage(List<Place> inOrder, PlaceRange range) {
		Comparator<String> order = Comparator.naturalOrder();
		List<String> page = inOrder.stream().filter((place) -> {
			int node = order.compare(place.node(), range.afterNode());
			String id = range.afterId();
			boolean behind = node > 0 || (node == 0 && id != null && order.compare(place.id(), id) > 0);
			return behind && (range.beforeNode() == null || order.compare(place.node(), range.beforeNode()) < 0);
		}).limit(5).map((place) -> place.node() + "." + place.id()).toList();
		assertThat(rows(this.template, "self").list(NO_FILTER, range, 5)).as(range.toString())
			.extracting((place) -> place.node() + "." + place.id())
			.containsExactlyElementsOf(page);
	}

	@Test
	void listWhenThereAreManyRowsThenTheyComeOutOfAnIndexInOrder() {
		this.template.execute("""
				INSERT INTO connections (node, id, username, session_id, since)
				SELECT 'n' || n % 9, md5('' || n), CASE WHEN n % 2 = 0 THEN 'many' ELSE 'u' || n / 10 END,
				  CASE WHEN n % 2 = 0 THEN 'many' WHEN n % 9 > 0 THEN 's' || n / 10 END, n
				FROM generate_series(1, 50000) n
				""");
		this.template.execute("ANALYZE connections");
		for (String node : Arrays.asList(null, "n5")) {
			for (String username : Arrays.asList(null, "many")) {
				for (String sessionId : Arrays.asList(null, "many")) {
					assertThat(plans(new PlaceFilter(node, username, sessionId))).allSatisfy(
							(plan) -> assertThat(plan).containsPattern("Index Cond: .*" + ((node != null) ? node : "n"))
								.doesNotContain("Sort"));
				}
			}
			assertThat(plans(new PlaceFilter(node, "u7", null))).as("a few are found, and perhaps sorted then")
				.allSatisfy((plan) -> assertThat(plan).contains("Index Cond: ((username = 'u7'"));
			assertThat(plans(new PlaceFilter(node, null, "s7")))
				.allSatisfy((plan) -> assertThat(plan).contains("Index Cond: ((session_id = 's7'"));
		}
	}

	private List<String> plans(PlaceFilter filter) {
		Explaining explaining = new Explaining(this.template);
		ConnectionRows asks = rows(explaining, "self");
		asks.list(filter, new PlaceRange("", null, "n7"), 101);
		asks.list(filter, new PlaceRange("n3", "8", null), 101);
		asks.list(filter, new PlaceRange("n3", "8", "n7"), 101);
		asks.list(filter, new PlaceRange("n3", null, null), 101);
		assertThat(explaining.plans).hasSize(4);
		return explaining.plans;
	}

	/** Keeps the plans of lists. */
	private static final class Explaining extends JdbcTemplate {

		private final List<String> plans = new ArrayList<>();

		Explaining(JdbcTemplate template) {
			super(template.getDataSource());
		}

		@Override
		public <T extends @Nullable Object> List<T> query(String sql, RowMapper<T> rows,
				@Nullable Object... arguments) {
			if (sql.startsWith("SELECT node, id")) {
				this.plans
					.add(String.join("\n", super.query("EXPLAIN " + sql, (row, n) -> row.getString(1), arguments)));
			}
			return super.query(sql, rows, arguments);
		}

	}

}
