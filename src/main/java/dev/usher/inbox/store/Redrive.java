package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.LogDirectory.Redriven;
import dev.usher.inbox.StoredMessage;
import dev.usher.inbox.store.MessageRemoval.Row;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Sends dead letters back to where they came from. Each is stored there first, under an
 * id of its own, and removed here afterwards: whatever happens in between, none is lost,
 * and the next try stores none twice.
 */
final class Redrive {

	/** How many rows are read at once, however large they are. */
	private static final int SLICE = 32;

	/** A call ends early behind so many bytes. */
	private static final long MOST_BYTES = 16L * 1024 * 1024;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final InboxDatabase database;

	private final MessageStore messages;

	private final MessageRemoval removal;

	private final Function<Draft, CompletionStage<Appended>> append;

	private final Clock clock;

	Redrive(InboxDatabase database, MessageStore messages, Function<Draft, CompletionStage<Appended>> append,
			Clock clock) {
		this.database = database;
		this.messages = messages;
		this.removal = new MessageRemoval(database);
		this.append = append;
		this.clock = clock;
	}

	/** Sends some of them back. */
	Redriven some(LogHead log, List<Long> offsets) {
		List<StoredMessage> letters = new ArrayList<>();
		long bytes = 0;
		int read = 0;
		while (read < offsets.size() && bytes < MOST_BYTES) {
			int end = Math.min(offsets.size(), read + SLICE);
			List<StoredMessage> slice = this.messages.at(log, offsets.subList(read, end));
			letters.addAll(slice);
			bytes += slice.stream().mapToLong(StoredMessage::weight).sum();
			read = end;
		}
		return back(log, letters, read, offsets.size() - read);
	}

	/** Sends the oldest behind an offset back. */
	Redriven oldest(LogHead log, long after, int limit) {
		List<StoredMessage> letters = new ArrayList<>();
		long bytes = 0;
		long place = after;
		List<StoredMessage> slice = this.messages.after(log, place, Math.min(SLICE, limit));
		while (!slice.isEmpty()) {
			letters.addAll(slice);
			bytes += slice.stream().mapToLong(StoredMessage::weight).sum();
			place = slice.get(slice.size() - 1).offset();
			int more = Math.min(SLICE, limit - letters.size());
			slice = (more > 0 && bytes < MOST_BYTES) ? this.messages.after(log, place, more) : List.of();
		}
		return back(log, letters, letters.size(), 0);
	}

	/**
	 * Sends them back.
	 * @param read how many were looked for
	 * @param unread how many were not
	 */
	private Redriven back(LogHead log, List<StoredMessage> letters, int read, int unread) {
		long now = this.clock.millis();
		List<Sent> sent = letters.stream()
			.filter((letter) -> letter.expiresAt() > now)
			.map((letter) -> DeadLetters.back(log.address(), letter, now)
				.map((draft) -> new Sent(letter.offset(), this.append.apply(draft).toCompletableFuture())))
			.flatMap((one) -> one.stream())
			.toList();
		long until = System.nanoTime() + PATIENCE.toNanos();
		Outcome outcome = new Outcome();
		sent.forEach((one) -> outcome.add(one, until));
		try {
			remove(log, outcome.stored);
		}
		catch (DataAccessException | TransactionException ex) {
			// They are stored where they came from: whoever asked is told that, and the
			// next call finds them repeated.
			outcome.failure = InboxDatabase.unavailable();
		}
		int alive = (int) letters.stream().filter((letter) -> letter.expiresAt() > now).count();
		Long last = letters.isEmpty() ? null : letters.get(letters.size() - 1).offset();
		return new Redriven(outcome.redriven, outcome.repeated, alive - sent.size(), outcome.failed, read - alive,
				unread, last, outcome.failure);
	}

	private void remove(LogHead log, List<Long> offsets) {
		if (offsets.isEmpty()) {
			return;
		}
		this.database.transaction((locked) -> {
			List<Row> rows = this.database.sql()
				.sql("SELECT log_id, log_offset, " + MessageSize.SQL
						+ " FROM inbox_messages WHERE log_id = :log AND log_offset IN (:offsets)")
				.param("log", log.id())
				.param("offsets", offsets)
				.query((row, number) -> new Row(row.getLong(1), row.getLong(2), row.getLong(3)))
				.list();
			rows.stream()
				.mapToLong(Row::offset)
				.max()
				.ifPresent((highest) -> this.removal.recordLoss(Map.of(log.id(), highest)));
			this.removal.remove(rows);
			return rows.size();
		});
	}

	/**
	 * A dead letter on its way.
	 *
	 * @param offset where it is
	 * @param answer where it will be
	 */
	private record Sent(long offset, CompletableFuture<Appended> answer) {

	}

	/** What became of them; for one thread. */
	private static final class Outcome {

		private final List<Long> stored = new ArrayList<>();

		private int redriven;

		private int repeated;

		private int failed;

		private @Nullable RefusedException failure;

		void add(Sent sent, long until) {
			try {
				long left = Math.max(0, until - System.nanoTime());
				if (sent.answer().get(left, TimeUnit.NANOSECONDS).duplicate()) {
					this.repeated++;
				}
				else {
					this.redriven++;
				}
				this.stored.add(sent.offset());
			}
			catch (ExecutionException ex) {
				failed(InboxDatabase.refusal((ex.getCause() != null) ? ex.getCause() : ex));
			}
			catch (TimeoutException ex) {
				failed(InboxDatabase.unavailable());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				failed(InboxDatabase.unavailable());
			}
		}

		private void failed(RefusedException refusal) {
			this.failed++;
			this.failure = (this.failure != null) ? this.failure : refusal;
		}

	}

}
