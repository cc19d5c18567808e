package dev.usher.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.bus.Reach;
import dev.usher.bus.SendTurn;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes the messages of one request in their order. No more of them wait for the disk
 * at once than {@link #WINDOW} and {@link #WINDOW_BYTES}: a message to a thousand users
 * must not be refused because it alone fills the queue that others wait in too.
 */
final class Batch {

	/** As many as one commit takes, twice, so that the next is ready when one is done. */
	static final int WINDOW = 1000;

	static final int WINDOW_BYTES = 4 * 1024 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(Batch.class);

	private final Publisher publisher;

	private final Caller caller;

	private final List<Item> items = new ArrayList<>();

	Batch(Publisher publisher, Caller caller, List<Entry> entries) {
		this.publisher = publisher;
		this.caller = caller;
		for (Entry entry : entries) {
			if (entry.to().isEmpty()) {
				this.items.add(new Item(entry, null));
			}
			entry.to().forEach((to) -> this.items.add(new Item(entry, to)));
		}
	}

	/**
	 * Publishes all. The first window on the caller's thread, further ones on a thread of
	 * the common pool.
	 * @return the results in order; never fails
	 */
	CompletableFuture<List<Outcome>> publish() {
		List<CompletableFuture<Outcome>> outcomes = new ArrayList<>(this.items.size());
		return publishFrom(0, outcomes).thenApply((done) -> outcomes.stream().map(CompletableFuture::join).toList());
	}

	private CompletableFuture<?> publishFrom(int start, List<CompletableFuture<Outcome>> outcomes) {
		SendTurn turn = SendTurn.current();
		turn.begin();
		try {
			publishWindow(start, outcomes);
		}
		finally {
			turn.end();
		}
		int rest = outcomes.size();
		CompletableFuture<?> window = CompletableFuture
			.allOf(outcomes.subList(start, rest).toArray(CompletableFuture<?>[]::new));
		return (rest == this.items.size()) ? window : window.thenComposeAsync((done) -> publishFrom(rest, outcomes));
	}

	private void publishWindow(int start, List<CompletableFuture<Outcome>> outcomes) {
		int next = start;
		long bytes = 0;
		while (next < this.items.size() && next - start < WINDOW && bytes < WINDOW_BYTES) {
			Item item = this.items.get(next++);
			bytes += item.weight();
			outcomes.add(publish(item).toCompletableFuture());
		}
	}

	private CompletionStage<Outcome> publish(Item item) {
		Entry entry = item.entry();
		String to = item.to();
		if (entry.refusal() != null || to == null) {
			RefusedException refusal = (entry.refusal() != null) ? entry.refusal()
					: new RefusedException(Reason.BAD_REQUEST);
			this.publisher.tally().refused(refusal);
			return CompletableFuture.completedFuture(failed(item, refusal));
		}
		try {
			return this.publisher.publish(this.caller, entry.publication(to))
				.thenCompose((published) -> result(entry, to, published))
				.handle((result, failure) -> (failure == null) ? new Outcome(result, null) : failed(item, failure));
		}
		catch (RuntimeException ex) {
			return CompletableFuture.completedFuture(failed(item, ex));
		}
	}

	private static CompletionStage<EntryResult> result(Entry entry, String to, Published published) {
		CompletionStage<Reach> reach = published.reach();
		return (reach != null) ? reach.thenApply((far) -> EntryResult.of(entry, to, published, far))
				: CompletableFuture.completedFuture(EntryResult.of(entry, to, published, null));
	}

	private static Outcome failed(Item item, Throwable failure) {
		Throwable cause = Failures.unwrap(failure);
		RefusedException refusal;
		if (cause instanceof RefusedException refused) {
			refusal = refused;
		}
		else {
			logger.error("Publishing to {} failed", item.to(), cause);
			refusal = new RefusedException(Reason.INTERNAL_ERROR);
		}
		return new Outcome(EntryResult.failed(item.entry(), item.to(), refusal), refusal);
	}

	/** A message on its way to one of its destinations. */
	private record Item(Entry entry, @Nullable String to) {

		int weight() {
			return (this.to != null) ? this.entry.publication(this.to).weight() : 0;
		}

	}

	/**
	 * What became of it.
	 *
	 * @param result as it is answered
	 * @param refusal why it was not published, or null if it was
	 */
	record Outcome(EntryResult result, @Nullable RefusedException refusal) {

	}

}
