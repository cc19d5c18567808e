package dev.usher.inbox;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One subscription's share of a reader. Any thread may call, also from within
 * {@link MessageConsumer#onMessage}; nothing here waits. The stages complete when what
 * they tell is in the database, at once for a reader of this connection, and never fail
 * because the database is away: they wait until it is back.
 */
public interface ReaderSubscription {

	/** Where the reader stood when this joined it: all up to here is read. */
	long offset();

	/** The epoch of the log: offsets of another epoch mean nothing in this one. */
	String epoch();

	/**
	 * False when something after the place asked for is gone for good; the oldest message
	 * kept comes first then.
	 */
	boolean recovered();

	/**
	 * Makes room for more messages, which add up. A subscription without room costs no
	 * thread, and the messages go to others of the same reader.
	 */
	void request(long messages);

	/** Messages are read. Those that are not outstanding here are left out. */
	CompletionStage<Void> ack(Collection<Long> offsets);

	/** One message is read. */
	default CompletionStage<Void> ack(long offset) {
		return ack(List.of(offset));
	}

	/**
	 * One message could not be handled: it comes again after a while, to another
	 * subscription of the reader if there is one. After
	 * {@code usher.inbox.max-deliveries} it is set aside instead. Does nothing where it
	 * is not outstanding here.
	 */
	CompletionStage<Void> nack(long offset);

	/**
	 * Leaves the reader. What is outstanding goes to others. A call of the consumer that
	 * is under way may still finish.
	 * @param forget whether a durable reader is removed, once the last subscription left
	 * it; means nothing for any other
	 */
	CompletionStage<Void> close(boolean forget);

}
