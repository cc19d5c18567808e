package dev.usher.inbox;

import java.util.concurrent.CompletionStage;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The stored destinations. Whoever calls has validated the destination and checked that
 * the caller may use it; the inbox does not check again. Any thread may call; no method
 * waits for the database. Stages fail with a {@link RefusedException}:
 * {@link Reason#STORAGE_UNAVAILABLE} while the database cannot be written,
 * {@link Reason#OVERLOADED} where too much is waiting already, {@link Reason#DRAINING}
 * once this node goes down.
 */
public interface Inbox {

	/**
	 * Appends a message to its log, which is made where there is none. The stage
	 * completes when the message is on disk, on the writer's own thread, so what follows
	 * must not block. A failed stage leaves no hole in the log; whether the message was
	 * stored is then unknown, and trying again with the same id is safe.
	 */
	CompletionStage<Appended> append(Draft draft);

	/**
	 * Joins a reader, which is made where there is none. One that starts now stands
	 * before all that this node is given to append after this call, whichever is done
	 * first. Nothing is handed to the consumer before
	 * {@link ReaderSubscription#request(long)} was called.
	 * @param lane in which the client waits for the database
	 */
	CompletionStage<ReaderSubscription> subscribe(ReaderRequest request, MessageConsumer consumer, Lane lane);

	/** The same in a lane of its own. */
	default CompletionStage<ReaderSubscription> subscribe(ReaderRequest request, MessageConsumer consumer) {
		return subscribe(request, consumer, lane());
	}

	/** A new lane, for all that one client asks for. */
	Lane lane();

	/**
	 * Removes every log of a user with all that is kept for its readers, whose
	 * subscriptions end. A log made anew has another epoch. Called in a transaction, this
	 * is part of it: once that is committed, nobody finds what was stored. Blocks for the
	 * database.
	 * @return when messages and readers are removed too, after the commit; never where
	 * there is none
	 * @throws org.springframework.dao.DataAccessException where the database is away
	 */
	CompletionStage<@Nullable Void> removeOwnedBy(String username);

	/**
	 * Takes the hint that another node appended to a log. Costs one look-up where this
	 * node has no reader of it.
	 */
	void moved(Destination destination);

	/**
	 * Takes the hint of another node that something was stored. What follows on what is
	 * known here reaches readers without a query; of another life of the log nothing is
	 * taken.
	 */
	void hinted(LogHint hint);

	/** Takes the hint that another node let go of messages it had taken. */
	void freed(Destination destination);

	/** Names what carries hints to other nodes. Called once, while the gateway starts. */
	void carry(LogHints hints);

	/**
	 * Names the one listener that is told what this node appended. Called once, while the
	 * gateway starts.
	 */
	void listen(AppendListener listener);

	/** Is told what was appended. */
	@FunctionalInterface
	interface AppendListener {

		/**
		 * A message is on disk. Called after the commit and before its publisher is
		 * answered, in the order of offsets for each log, on the writer's thread; must
		 * not block. A duplicate is not told again.
		 */
		void onAppended(Destination destination, StoredMessage message);

	}

}
