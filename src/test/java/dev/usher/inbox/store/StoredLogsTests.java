package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.usher.inbox.Draft;
import dev.usher.inbox.LogDirectory.Log;
import dev.usher.inbox.LogDirectory.LoggedMessage;
import dev.usher.inbox.LogDirectory.Redriven;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What operators see of stored destinations, and dead letters that go back. */
class StoredLogsTests extends StoresContract {

	private static final Destination SICK = Destination.forPublish("/queue/sick");

	private static final Destination DEAD = DeadLetters.of(SICK);

	private Log log(Destination destination) {
		return this.inbox.directory().find(destination).orElseThrow();
	}

	private void append(Destination to, Map<String, String> headers, String body) {
		await(this.inbox.append(new Draft(to, "text/plain", headers, body.getBytes(StandardCharsets.UTF_8), null, null,
				this.clock.millis())));
	}

	/** As the gateway sets messages aside. */
	private static Map<String, String> from(String destination) {
		return Map.of("original-destination", destination, "original-message-id", "x-1", "mine", "yes");
	}

	private List<String> bodies(Destination destination) {
		return this.inbox.directory()
			.messages(log(destination), 0, 100, true)
			.stream()
			.map(LoggedMessage::body)
			.map((body) -> new String(body, StandardCharsets.UTF_8))
			.toList();
	}

	@Test
	void redriveWhenItWasCutOffBetweenItsTwoStepsThenTheNextOneStoresNothingTwice() {
		open();
		append(DEAD, from(SICK.address()), "one");
		append(DEAD, from(SICK.address()), "two");
		Log dead = log(DEAD);
		LoggedMessage first = this.inbox.directory().messages(dead, 0, 1, true).get(0);
		// What a redrive does before it is cut off.
		StoredMessage letter = new StoredMessage(1, dead.epoch(), 0, 0, "text/plain", first.headers(), first.body());
		await(this.inbox.append(DeadLetters.back(dead.destination(), letter, this.clock.millis()).orElseThrow()));
		reopen();
		Redriven done = this.inbox.directory().redrive(dead, null, 0, 10);
		assertThat(done).isEqualTo(new Redriven(1, 1, 0, 0, 0, 0, 2L, null));
		assertThat(bodies(SICK)).containsExactly("one", "two");
		assertThat(this.inbox.directory().messages(log(SICK), 0, 1, false).get(0).headers())
			.isEqualTo(Map.of("mine", "yes"));
		assertThat(bodies(DEAD)).isEmpty();
		assertThat(log(DEAD).bytes()).isZero();
		assertThat(log(DEAD).oldest()).isNull();
		assertThat(this.inbox.directory().redrive(log(DEAD), List.of(1L, 2L), 0, 10))
			.isEqualTo(new Redriven(0, 0, 0, 0, 2, 0, null, null));
	}

	@Test
	void redriveWhenALetterSaysItCameFromElsewhereThenItStays() {
		open();
		for (String origin : List.of("/queue/other", "/topic/sick", "/queue/sick.dead", "nothing",
				"/user/ann/queue/sick")) {
			append(DEAD, from(origin), origin);
		}
		append(DEAD, Map.of(), "nowhere");
		Redriven done = this.inbox.directory().redrive(log(DEAD), null, 0, 100);
		assertThat(done).isEqualTo(new Redriven(0, 0, 6, 0, 0, 0, 6L, null));
		assertThat(bodies(DEAD)).hasSize(6);
		assertThat(this.inbox.directory().find(SICK)).isEmpty();
		assertThat(this.inbox.directory().find(Destination.forPublish("/queue/other"))).isEmpty();
		append(SICK, Map.of(), "alive");
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> this.inbox.directory().redrive(log(SICK), null, 0, 1))
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(Reason.BAD_REQUEST));
	}

	@Test
	void redriveWhenItCannotBeStoredThenTheLetterStaysAndTheFailureIsNamed() {
		open();
		append(SICK, Map.of(), "there");
		append(DEAD, from(SICK.address()), "letter");
		long sick = log(SICK).id();
		this.database.template()
			.execute("ALTER TABLE inbox_messages ADD CONSTRAINT refuse_back CHECK (log_id <> " + sick
					+ " OR log_offset < 2)");
		Redriven failed = this.inbox.directory().redrive(log(DEAD), null, 0, 10);
		assertThat(failed.failed()).isEqualTo(1);
		assertThat(String.valueOf(failed.failure())).contains("storage");
		assertThat(bodies(DEAD)).containsExactly("letter");
		this.database.template().execute("ALTER TABLE inbox_messages DROP CONSTRAINT refuse_back");
		assertThat(this.inbox.directory().redrive(log(DEAD), null, 0, 10).redriven()).isEqualTo(1);
		assertThat(bodies(SICK)).containsExactly("there", "letter");
	}

	@Test
	void redriveWhenTheLettersCannotBeRemovedThenItsCountsAreThereAndTheNextOneStoresNothingTwice() {
		open();
		append(DEAD, from(SICK.address()), "letter");
		this.database.template()
			.execute("CREATE TABLE held (log_id BIGINT, log_offset BIGINT, "
					+ "FOREIGN KEY (log_id, log_offset) REFERENCES inbox_messages (log_id, log_offset))");
		this.database.template().update("INSERT INTO held VALUES (?, 1)", log(DEAD).id());
		Redriven held = this.inbox.directory().redrive(log(DEAD), null, 0, 10);
		assertThat(held.redriven()).isEqualTo(1);
		assertThat(held.failed()).isZero();
		RefusedException failure = held.failure();
		assertThat(failure).isNotNull();
		assertThat(failure.reason()).isEqualTo(Reason.STORAGE_UNAVAILABLE);
		assertThat(bodies(DEAD)).containsExactly("letter");
		this.database.template().execute("DROP TABLE held");
		Redriven done = this.inbox.directory().redrive(log(DEAD), null, 0, 10);
		assertThat(done.repeated()).isEqualTo(1);
		assertThat(done.failure()).isNull();
		assertThat(bodies(DEAD)).isEmpty();
		assertThat(bodies(SICK)).containsExactly("letter");
	}

	@Test
	void redriveWhenItIsTooMuchForOneCallThenEveryOffsetIsInOneCount() {
		open();
		String large = "x".repeat(540 * 1024);
		for (int i = 0; i < 33; i++) {
			append(DEAD, Map.of(), large);
		}
		List<Long> offsets = LongStream.rangeClosed(1, 36).boxed().toList();
		assertThat(this.inbox.directory().redrive(log(DEAD), offsets, 0, 10))
			.isEqualTo(new Redriven(0, 0, 32, 0, 0, 4, 32L, null));
		assertThat(this.inbox.directory().redrive(log(DEAD), offsets.subList(32, 36), 0, 10))
			.isEqualTo(new Redriven(0, 0, 1, 0, 3, 0, 33L, null));
	}

	@Test
	void listsWhenThereIsMuchThenEachPageIsReadByAnIndex() {
		open();
		List<Object[]> logs = new ArrayList<>();
		List<Object[]> readers = new ArrayList<>();
		List<Object[]> messages = new ArrayList<>();
		IntStream.rangeClosed(1, 2000).forEach((i) -> {
			logs.add(new Object[] { 100_000 + i, "/queue/many" + i, "e", 5, 0 });
			readers.add(new Object[] { 100_001, "r" + i, 3, 0 });
			messages.add(new Object[] { 100_000 + i % 20, i, 0, Long.MAX_VALUE, new byte[1] });
		});
		this.database.template()
			.batchUpdate("INSERT INTO inbox_logs (id, address, epoch, head, lost) VALUES (?, ?, ?, ?, ?)", logs);
		this.database.template()
			.batchUpdate("INSERT INTO inbox_readers (log_id, name, next_offset, used_at) VALUES (?, ?, ?, ?)", readers);
		this.database.template()
			.batchUpdate("INSERT INTO inbox_messages (log_id, log_offset, sent_at, expires_at, body) "
					+ "VALUES (?, ?, ?, ?, ?)", messages);
		this.database.template().execute("ANALYZE");
		for (String sql : List.of(StoredLogs.LIST, StoredLogs.OWNED, StoredLogs.MESSAGES, StoredLogs.READERS)) {
			String values = sql.replaceFirst("(LIMIT )\\?$", "$1 10")
				.replaceFirst("owner = \\?", "owner = 'ann'")
				.replaceFirst("address > \\?", "address > '/queue/many5'")
				.replaceFirst("name > \\?", "name > 'r5'")
				.replaceAll("\\?", "100001");
			String plan = String.join("\n", this.database.template().queryForList("EXPLAIN " + values, String.class));
			assertIndexed(sql, plan.toLowerCase(Locale.ROOT));
		}
		assertThat(this.inbox.directory().list(null, "/queue/many5", 3)).extracting(Log::destination)
			.containsExactly("/queue/many50", "/queue/many500", "/queue/many501");
		assertThat(this.inbox.directory().readers(this.inbox.directory().find(100_001).orElseThrow(), "r9", 2))
			.extracting((reader) -> reader.name())
			.containsExactly("r90", "r900");
	}

	/** The table of owners has a row for each log of a user, whom the index finds. */
	private void assertIndexed(String sql, String plan) {
		if (this.store == Store.POSTGRES) {
			assertThat(plan).as(sql)
				.contains("index")
				.doesNotContain("seq scan on inbox_logs", "seq scan on inbox_messages");
		}
		else {
			assertThat(plan).as(sql).doesNotContain("tablescan");
			assertThat(plan).as(sql)
				.contains((sql.equals(StoredLogs.OWNED)) ? "inbox_log_owners_owner" : "index sorted");
		}
	}

}
