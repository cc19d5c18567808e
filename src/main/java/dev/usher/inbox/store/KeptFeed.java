package dev.usher.inbox.store;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.StoredMessage;

/**
 * The feed of a reader that outlives the connection. What it takes is written down before
 * it is handed out, so that no other node hands it out too and a crash loses no message.
 * After {@link #leave} it takes no more messages until {@link #rejoin}: they would wait
 * here until the reader is opened again.
 */
final class KeptFeed implements Feed {

	private final Feed log;

	private final long reader;

	private final boolean durable;

	private final ReaderLedger ledger;

	private final Clock clock;

	/** Set before the ledger is asked to let go, and read under its lock. */
	private volatile boolean left;

	KeptFeed(Feed log, long reader, String name, ReaderLedger ledger, Clock clock) {
		this.log = log;
		this.reader = reader;
		this.durable = !name.equals(ReaderRequest.SHARED);
		this.ledger = ledger;
		this.clock = clock;
	}

	@Override
	public CompletableFuture<Page> newer(long place, Demand demand) {
		return this.log.newer(place, demand).thenCompose((page) -> claim(place, page, demand));
	}

	private CompletableFuture<Page> claim(long place, Page page, Demand demand) {
		long now = this.clock.millis();
		List<StoredMessage> alive = page.messages().stream().filter((message) -> message.expiresAt() > now).toList();
		List<Long> offsets = alive.stream().map(StoredMessage::offset).toList();
		LedgerBatch.Claiming claiming = new LedgerBatch.Claiming(this.reader, place, page.place(), offsets, demand,
				new CompletableFuture<>());
		return this.ledger.claim(claiming, () -> this.left).thenApply((claimed) -> page(alive, claimed));
	}

	/** Other nodes may have to be left their part of it. */
	private static Page page(List<StoredMessage> read, LedgerBatch.Claimed claimed) {
		List<StoredMessage> taken = (claimed.taken())
				? read.stream().filter((message) -> message.offset() <= claimed.place()).toList() : List.of();
		return new Page(taken, claimed.place(), !claimed.taken(), claimed.nodes());
	}

	@Override
	public CompletableFuture<List<StoredMessage>> refetch(Collection<Long> offsets) {
		return this.log.refetch(offsets);
	}

	@Override
	public CompletableFuture<List<ReaderStore.Claim>> adopt(boolean own) {
		return this.ledger.adopt(new LedgerBatch.Adopting(this.reader, own, new CompletableFuture<>()),
				() -> this.left);
	}

	@Override
	public CompletionStage<Void> acknowledge(List<Long> offsets) {
		return this.ledger.acknowledge(this.reader, offsets);
	}

	@Override
	public CompletionStage<Void> refuse(long offset, int nacks, long dueAt) {
		return this.ledger.refuse(this.reader, offset, nacks, dueAt);
	}

	@Override
	public boolean isShared() {
		return true;
	}

	@Override
	public CompletionStage<Void> letGo(long offset, int nacks, long dueAt) {
		return this.ledger.letGo(this.reader, offset, nacks, dueAt);
	}

	@Override
	public CompletionStage<Void> leave(boolean forget) {
		this.left = true;
		// The shared reader is nobody's to forget: all who work on the queue have one
		// place.
		return this.ledger.leave(this.reader, forget && this.durable);
	}

	@Override
	public void rejoin() {
		this.left = false;
	}

}
