package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderSubscription;
import org.jspecify.annotations.Nullable;

/**
 * One subscription's share of a reader. What changes is guarded by the reader's lock.
 */
final class Share implements ReaderSubscription {

	private final Reader reader;

	private final MessageConsumer consumer;

	private final int inFlight;

	private final long offset;

	private final String epoch;

	private final boolean recovered;

	/** What was handed out and is not acknowledged, in the order it was. */
	private final Map<Long, Outstanding> held = new LinkedHashMap<>();

	private long demand;

	Share(Reader reader, MessageConsumer consumer, int inFlight, Standing standing) {
		this.reader = reader;
		this.consumer = consumer;
		this.inFlight = inFlight;
		this.offset = standing.offset();
		this.epoch = standing.epoch();
		this.recovered = standing.recovered();
	}

	MessageConsumer consumer() {
		return this.consumer;
	}

	@Override
	public long offset() {
		return this.offset;
	}

	@Override
	public String epoch() {
		return this.epoch;
	}

	@Override
	public boolean recovered() {
		return this.recovered;
	}

	@Override
	public void request(long messages) {
		this.reader.request(this, messages);
	}

	@Override
	public CompletionStage<Void> ack(Collection<Long> offsets) {
		return this.reader.acknowledge(() -> offsets.stream().filter((offset) -> give(offset) != null).toList());
	}

	@Override
	public CompletionStage<Void> nack(long offset) {
		return this.reader.refuse(this, offset);
	}

	@Override
	public CompletionStage<Void> close(boolean forget) {
		return this.reader.leave(this, forget);
	}

	/** How many messages it takes now. */
	int room() {
		return (int) Math.min(this.demand, this.inFlight - this.held.size());
	}

	void addDemand(long messages) {
		if (messages <= 0) {
			throw new IllegalArgumentException("At least one message must be requested");
		}
		// As in Reactive Streams 3.17: what is beyond counting is no limit.
		this.demand = (this.demand + messages < 0) ? Long.MAX_VALUE : this.demand + messages;
	}

	void take(Outstanding outstanding, long now) {
		this.demand -= (this.demand == Long.MAX_VALUE) ? 0 : 1;
		outstanding.handedAt = now;
		outstanding.last = this;
		this.held.put(outstanding.offset, outstanding);
	}

	Collection<Outstanding> held() {
		return this.held.values();
	}

	@Nullable Outstanding give(long offset) {
		return this.held.remove(offset);
	}

	/** Gives up every message that was handed out and returns them. */
	List<Outstanding> giveAll() {
		List<Outstanding> given = new ArrayList<>(this.held.values());
		this.held.clear();
		return given;
	}

	/** Gives up what was handed out too long ago. */
	List<Outstanding> giveOlder(long handedBefore) {
		List<Outstanding> given = new ArrayList<>();
		Iterator<Outstanding> oldest = this.held.values().iterator();
		while (oldest.hasNext()) {
			Outstanding outstanding = oldest.next();
			if (outstanding.handedAt > handedBefore) {
				break;
			}
			given.add(outstanding);
			oldest.remove();
		}
		return given;
	}

	/**
	 * Where a reader stood when a subscription joined it.
	 *
	 * @param offset all up to here was read
	 * @param epoch the log's life
	 * @param recovered whether nothing after it is gone
	 */
	record Standing(long offset, String epoch, boolean recovered) {

	}

}
