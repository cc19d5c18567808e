package dev.usher.inbox.store;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import dev.usher.inbox.Lane;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.store.Beginnings.Beginning;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.Failures;
import dev.usher.thread.FatalErrors;
import org.jspecify.annotations.Nullable;

/**
 * Joins subscriptions to readers: finds the one that is open here, or opens it where its
 * place says.
 */
final class ReaderRegistry {

	private static final CompletionStage<Void> TOLD = CompletableFuture.completedStage(null);

	private final LogStore logs;

	private final MessageStore messages;

	private final ReaderStore readers;

	private final ReaderLedger ledger;

	private final ReaderTools tools;

	private final Executor fetch;

	private final Supplier<CompletionStage<Void>> told;

	/**
	 * Makes the one of a node.
	 * @param told completes once live logs are told all that this node has committed by
	 * the call
	 */
	ReaderRegistry(LogStore logs, MessageStore messages, ReaderStore readers, ReaderLedger ledger, ReaderTools tools,
			Executor fetch, Supplier<CompletionStage<Void>> told) {
		this.told = told;
		this.logs = logs;
		this.messages = messages;
		this.readers = readers;
		this.ledger = ledger;
		this.tools = tools;
		this.fetch = fetch;
	}

	CompletionStage<ReaderSubscription> subscribe(ReaderRequest request, MessageConsumer consumer, Lane lane) {
		CompletableFuture<ReaderSubscription> answer = new CompletableFuture<>();
		begin(request, consumer, lane, answer);
		return answer;
	}

	private void begin(ReaderRequest request, MessageConsumer consumer, Lane lane,
			CompletableFuture<ReaderSubscription> answer) {
		LiveLog live = this.tools.logs().use(request.destination());
		Beginning beginning = (request.startsNow()) ? live.begin(request.durable()) : null;
		if (beginning != null) {
			answer.whenComplete((joined, failure) -> live.begun(beginning));
		}
		Joining joining = new Joining(request, consumer, lane, live, beginning, answer, null);
		fetch(joining, () -> join(joining));
	}

	/** Runs what may wait for the database; whatever fails is the answer. */
	private void fetch(Joining joining, Runnable step) {
		try {
			joining.lane().execute(() -> {
				try {
					step.run();
				}
				catch (Throwable ex) {
					FatalErrors.endIfFatal(ex);
					fail(joining, ex);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			fail(joining, new RefusedException(Reason.OVERLOADED));
		}
	}

	private void fail(Joining joining, Throwable failure) {
		if (joining.opened() != null) {
			joining.opened().abandon();
		}
		this.tools.logs().leave(joining.live());
		joining.answer().completeExceptionally(InboxDatabase.refusal(Failures.unwrap(failure)));
	}

	private void join(Joining joining) {
		LogStore.Standing standing = this.logs.open(joining.request().destination(), joining.request().subscriber());
		LogHead log = standing.log();
		if (!joining.live().isOf(log)) {
			// Another log had or has the address: its tail and its head mean nothing
			// here.
			this.tools.logs().outlived(joining.live(), log.id());
			joinAnew(joining);
			return;
		}
		if (joining.live().reached(log.head())) {
			// It is news to those who read here already, and nobody else tells them.
			joining.live().wake();
		}
		CompletionStage<Void> told = (joining.beginning() != null) ? this.told.get() : TOLD;
		if (told.toCompletableFuture().isDone()) {
			join(joining, standing);
		}
		else {
			// The row may have what this node has just committed and not told yet.
			told.whenComplete((done, failure) -> fetch(joining, () -> join(joining, standing)));
		}
	}

	private void join(Joining joining, LogStore.Standing standing) {
		LogHead log = standing.log();
		String name = joining.request().keptName();
		if (name == null) {
			Place place = start(joining, standing);
			Reader reader = new Reader(joining.live(), connectionFeed(joining, log, joining.lane()), place.offset(),
					List.of(), this.tools);
			complete(joining, reader, new Share.Standing(place.offset(), log.epoch(), place.recovered()));
			return;
		}
		joinKept(joining, standing, name);
	}

	private Feed connectionFeed(Joining joining, LogHead log, Lane lane) {
		return new ConnectionFeed(joining.live(), log, this.messages, lane, this.tools.readAhead());
	}

	/** Where a new reader starts. */
	private Place start(Joining joining, LogStore.Standing standing) {
		LogHead log = standing.log();
		ReaderRequest request = joining.request();
		Long offset = request.offset();
		if (offset == null) {
			Beginning now = joining.beginning();
			return new Place((now != null) ? now.before(log.head()) : this.logs.beforeOldest(log), true);
		}
		boolean sameLife = request.epoch() == null || request.epoch().equals(log.epoch());
		if (!sameLife || offset > log.head()) {
			// An offset that was never given here was given in another life of the log.
			return new Place(0, false);
		}
		return new Place(offset, !this.logs.isLostAfter(log.id(), offset));
	}

	private void joinKept(Joining joining, LogStore.Standing standing, String name) {
		LogHead log = standing.log();
		Place start = start(joining, standing);
		CompletableFuture<Opened> mine = new CompletableFuture<>();
		CompletableFuture<Opened> open = joining.live().named().computeIfAbsent(name, (key) -> mine);
		if (open == mine) {
			this.ledger.open(log.id(), name, start.offset()).whenComplete((opened, failure) -> {
				if (opened != null) {
					mine.complete(open(joining, log, opened, start, name));
				}
				else {
					joining.live().named().remove(name, mine);
					mine.completeExceptionally(Objects.requireNonNull(failure));
				}
			});
		}
		open.whenComplete((opened, failure) -> {
			if (opened == null) {
				fail(joining, Objects.requireNonNull(failure));
				return;
			}
			Joining joined = joining.withOpened(opened.reader());
			fetch(joined, () -> joinOpened(joined, log, opened, open == mine));
		});
	}

	private Opened open(Joining joining, LogHead log, ReaderStore.Opened opened, Place start, String name) {
		// Others share what is nobody's own, and must not wait for what else its opener
		// reads. A user's own readers have one place in the line.
		boolean own = joining.request().destination().owner() != null;
		Lane lane = (own) ? joining.lane() : new Lane(this.fetch);
		Feed read = connectionFeed(joining, log, lane);
		KeptFeed feed = new KeptFeed(read, opened.id(), name, this.ledger, this.tools.clock());
		Reader reader = new Reader(joining.live(), feed, opened.next(), opened.claims(), this.tools);
		joining.live().name(reader, name);
		if (opened.predecessors() != null) {
			reader.after(new Predecessors(this.tools.peers(), opened.predecessors()));
		}
		return new Opened(reader, opened.id(), opened.position(),
				(opened.made()) ? Optional.of(start) : Optional.empty());
	}

	private void joinOpened(Joining joining, LogHead log, Opened opened, boolean first) {
		Place place = (first) ? opened.start().orElse(null) : null;
		if (place == null) {
			boolean lost = this.logs.isLostAfter(log.id(), opened.reader().next())
					|| this.readers.isClaimLost(log.id(), opened.id());
			place = new Place((first) ? opened.position() : opened.reader().position(), !lost);
		}
		complete(joining, opened.reader(), new Share.Standing(place.offset(), log.epoch(), place.recovered()));
	}

	private void complete(Joining joining, Reader reader, Share.Standing standing) {
		int most = this.tools.properties().inFlight();
		int asked = joining.request().inFlight();
		Share share = new Share(reader, joining.consumer(), (asked == 0) ? most : Math.min(asked, most), standing);
		if (!reader.join(share)) {
			// It ended just now. Its name is free again; the next try opens it anew.
			joinAgain(joining, reader);
			return;
		}
		joining.answer().complete(share);
		reader.wake();
	}

	private void joinAgain(Joining joining, Reader ended) {
		ended.abandon();
		fetch(joining, () -> join(joining));
	}

	private void joinAnew(Joining joining) {
		this.tools.logs().leave(joining.live());
		begin(joining.request(), joining.consumer(), joining.lane(), joining.answer());
	}

	/** Takes the hint that a log moved. */
	void moved(Destination destination) {
		LiveLog live = this.tools.logs().find(destination.address());
		if (live == null || this.tools.logs().isLookedAtLater(live)) {
			return;
		}
		try {
			this.fetch.execute(() -> this.tools.logs()
				.seen(live, this.logs.standing(destination).map(LogStore.Standing::log).orElse(null)));
		}
		catch (RejectedExecutionException ex) {
			// It was only a hint; the next one, or the next message, brings it up again.
		}
	}

	/**
	 * Somebody who wants to join.
	 *
	 * @param request what they want to read
	 * @param consumer who gets the messages
	 * @param lane where they wait for the database
	 * @param live the log, which they use until they leave
	 * @param beginning where they start, or null where that is not now
	 * @param answer what they are told
	 * @param opened the kept reader that is theirs to join, once it is known
	 */
	private record Joining(ReaderRequest request, MessageConsumer consumer, Lane lane, LiveLog live,
			@Nullable Beginning beginning, CompletableFuture<ReaderSubscription> answer, @Nullable Reader opened) {

		private Joining withOpened(Reader reader) {
			return new Joining(this.request, this.consumer, this.lane, this.live, this.beginning, this.answer, reader);
		}

	}

	record Place(long offset, boolean recovered) {

	}

	/**
	 * A kept reader that is open on this node.
	 *
	 * @param reader the reader
	 * @param id its number
	 * @param position where it stood when it was opened
	 * @param start where it began, if it was new
	 */
	record Opened(Reader reader, long id, long position, Optional<Place> start) {

	}

}
