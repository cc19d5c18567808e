package dev.usher.inbox.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.node.NodeLease;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.StoredMessage;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A durable reader that was left takes nothing more, whatever was under way. */
class LeftReaderTests {

	private final MutableClock clock = new MutableClock();

	private final CompletableFuture<Feed.Page> read = new CompletableFuture<>();

	@TempDir
	private Path folder;

	private TestDatabase database;

	private ReaderLedger ledger;

	private NodeLease node;

	private ReaderStore.Opened opened;

	private KeptFeed feed;

	private void open(String kind) {
		this.database = (kind.equals("h2")) ? TestDatabase.h2(this.folder) : TestDatabase.postgres();
		InboxDatabase sql = new InboxDatabase(this.database.template());
		InboxProperties properties = Inboxes.properties();
		LogHead log = new LogStore(sql, new LogQuota(sql, properties, this.clock), properties, this.clock)
			.open(Inboxes.own(), null)
			.log();
		this.node = Inboxes.node(this.database, this.clock);
		this.ledger = new ReaderLedger(
				new LedgerBatch.Target(sql, new ReaderStore(sql, properties, this.clock, new Peers(this.node))));
		this.ledger.start();
		this.opened = Inboxes.await(this.ledger.open(log.id(), "phone", 0));
		this.feed = new KeptFeed(new SlowFeed(), this.opened.id(), "phone", this.ledger, this.clock);
	}

	@AfterEach
	void close() {
		this.ledger.close(Duration.ofSeconds(10));
		this.node.destroy();
		this.database.close();
	}

	private Feed.Page page() {
		StoredMessage message = new StoredMessage(1, "epoch", this.clock.millis(), Long.MAX_VALUE, "text/plain",
				Map.of(), "m".getBytes(StandardCharsets.UTF_8));
		return new Feed.Page(List.of(message), 1, false, 1);
	}

	private List<String> owners() {
		return this.database.template()
			.queryForList("SELECT COALESCE(owner, 'nobody') FROM inbox_claims WHERE reader_id = ?", String.class,
					this.opened.id());
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void pageWhenItWasReadBeforeAndComesAfterTheReaderWasLeftThenItIsNotTaken(String kind) {
		open(kind);
		CompletableFuture<Feed.Page> newer = this.feed.newer(0, new Feed.Demand(10, 10, 0));
		Inboxes.await(this.feed.leave(false));
		this.read.complete(page());
		assertThat(Inboxes.await(newer).messages()).isEmpty();
		assertThat(owners()).isEmpty();
		Integer place = this.database.template()
			.queryForObject("SELECT next_offset FROM inbox_readers WHERE id = ?", Integer.class, this.opened.id());
		assertThat(place).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void pageWhenItWasTakenBeforeTheReaderWasLeftThenNobodyHasIt(String kind) {
		open(kind);
		this.read.complete(page());
		assertThat(Inboxes.await(this.feed.newer(0, new Feed.Demand(10, 10, 0))).messages()).hasSize(1);
		assertThat(owners()).containsExactly(this.node.id());
		Inboxes.await(this.feed.leave(false));
		assertThat(owners()).containsExactly("nobody");
		assertThat(Inboxes.await(this.feed.adopt(true))).isEmpty();
		assertThat(owners()).containsExactly("nobody");
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "postgres" })
	void adoptionWhenItIsAskedForJustBeforeTheReaderIsLeftThenNobodyHasTheMessage(String kind) {
		open(kind);
		this.database.template()
			.update("INSERT INTO inbox_claims (reader_id, log_offset, owner, nacks, due_at) VALUES (?, 1, NULL, 0, 0)",
					this.opened.id());
		// Asked for while the thread is at something else, so that both are one batch.
		CompletableFuture<Void> busy = new CompletableFuture<>();
		LedgerBatch.Adopting waits = new LedgerBatch.Adopting(-1, false, new CompletableFuture<>());
		CompletableFuture<Void> begun = new CompletableFuture<>();
		waits.answer().thenRun(() -> {
			begun.complete(null);
			busy.join();
		});
		this.ledger.adopt(waits, () -> false);
		// Not for the answer itself: whoever waits for that may be the one to be busy.
		Inboxes.await(begun);
		CompletableFuture<List<ReaderStore.Claim>> adopted = this.feed.adopt(false);
		CompletionStage<Void> left = this.feed.leave(false);
		busy.complete(null);
		assertThat(Inboxes.await(adopted)).hasSize(1);
		Inboxes.await(left);
		assertThat(owners()).containsExactly("nobody");
	}

	/** A log whose pages come when the test lets them. */
	private final class SlowFeed implements Feed {

		@Override
		public CompletableFuture<Page> newer(long place, Demand demand) {
			return LeftReaderTests.this.read;
		}

		@Override
		public CompletableFuture<List<StoredMessage>> refetch(Collection<Long> offsets) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletableFuture<List<ReaderStore.Claim>> adopt(boolean own) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<Void> acknowledge(List<Long> offsets) {
			throw new UnsupportedOperationException();
		}

		@Override
		public CompletionStage<Void> refuse(long offset, int nacks, long dueAt) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isShared() {
			return true;
		}

		@Override
		public CompletionStage<Void> letGo(long offset, int nacks, long dueAt) {
			throw new AssertionError("nobody lets go");
		}

		@Override
		public CompletionStage<Void> leave(boolean forget) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void rejoin() {
			throw new UnsupportedOperationException();
		}

	}

}
