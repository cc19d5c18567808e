package dev.usher.inbox.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

import dev.usher.inbox.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a reader has to hand out: what comes again first, then what is new. Reads ahead no
 * more than there is room for. Guarded by the reader's lock, unless said otherwise.
 */
final class ReaderBacklog {

	/** A page: enough that asking costs little, few enough that nobody waits for it. */
	private static final int PAGE = 256;

	private static final long FIRST_DELAY = 1_000;

	private static final long LONGEST_DELAY = Duration.ofMinutes(1).toMillis();

	private static final long FIRST_RETRY = 200;

	private static final long LONGEST_RETRY = 5_000;

	private final Reader reader;

	private final LiveLog live;

	private final Feed feed;

	private final ReaderTools tools;

	private final Deque<Ready> ready = new ArrayDeque<>();

	private final TreeMap<Long, Outstanding> again = new TreeMap<>();

	/** What is being set aside; until it is, the reader stands before it. */
	private final TreeSet<Long> leaving = new TreeSet<>();

	private long next;

	private boolean fetching;

	/**
	 * When the database is asked again, in nanoseconds of the machine; 0 where it
	 * answered.
	 */
	private long retryAt;

	private long retryPause = FIRST_RETRY;

	private boolean stranded;

	ReaderBacklog(Reader reader, LiveLog live, Feed feed, long next, ReaderTools tools) {
		this.reader = reader;
		this.live = live;
		this.feed = feed;
		this.next = next;
		this.tools = tools;
	}

	long next() {
		return this.next;
	}

	long position() {
		long position = (this.again.isEmpty()) ? this.next : Math.min(this.next, this.again.firstKey() - 1);
		for (Ready entry : this.ready) {
			position = Math.min(position, entry.outstanding().offset - 1);
		}
		return (this.leaving.isEmpty()) ? position : Math.min(position, this.leaving.first() - 1);
	}

	/** Puts a message back that is to be handed out again. */
	void requeue(Outstanding outstanding) {
		this.again.put(outstanding.offset, outstanding);
		this.tools.waiting().add(this.reader);
	}

	/** Nobody has room for what was read; it is read again when somebody has. */
	void forget() {
		for (Ready entry : this.ready) {
			requeue(entry.outstanding());
			this.tools.readAhead().remove(entry.message());
		}
		this.ready.clear();
	}

	/** A subscription refused a message: it waits longer each time. */
	CompletionStage<Void> refused(Outstanding outstanding) {
		outstanding.nacks++;
		long delay = Math.min(LONGEST_DELAY, FIRST_DELAY << Math.min(16, outstanding.nacks - 1));
		outstanding.dueAt = (isSpent(outstanding)) ? 0 : this.tools.clock().millis() + delay;
		requeue(outstanding);
		return this.feed.refuse(outstanding.offset, outstanding.nacks, outstanding.dueAt);
	}

	/** What was set aside is not set aside again: it would only move on for ever. */
	private boolean isSpent(Outstanding outstanding) {
		int most = this.tools.properties().maxDeliveries();
		return most > 0 && outstanding.nacks >= most && !DeadLetters.isDead(this.live.destination());
	}

	/**
	 * The next message to hand out, or null where there is none now; the reader is woken
	 * when there is.
	 */
	@Nullable Ready poll(int room) {
		while (true) {
			Ready entry = take();
			if (entry == null) {
				if (!fetch(room)) {
					return null;
				}
			}
			else if (entry.message().expiresAt() > this.tools.clock().millis()) {
				return entry;
			}
			else {
				this.feed.acknowledge(List.of(entry.outstanding().offset));
			}
		}
	}

	private @Nullable Ready take() {
		Ready entry = this.ready.poll();
		if (entry != null) {
			this.tools.readAhead().remove(entry.message());
		}
		return entry;
	}

	private void add(Outstanding outstanding, StoredMessage message) {
		this.ready.add(new Ready(outstanding, message));
		this.tools.readAhead().add(message);
	}

	/** Asks for more; answers whether something came at once. */
	private boolean fetch(int room) {
		if (this.fetching || (this.retryAt != 0 && this.retryAt - System.nanoTime() > 0)) {
			return false;
		}
		int most = Math.min(room, PAGE);
		if (this.stranded) {
			return adopt(true);
		}
		List<Outstanding> due = due(most);
		if (!due.isEmpty()) {
			List<Long> offsets = due.stream().map((outstanding) -> outstanding.offset).toList();
			return ask(this.feed.refetch(offsets), (messages) -> takeAgain(due, messages));
		}
		if (this.next < this.live.head()) {
			return ask(this.feed.newer(this.next, most), this::takeNew);
		}
		return false;
	}

	private List<Outstanding> due(int most) {
		long now = this.tools.clock().millis();
		return this.again.values()
			.stream()
			.filter((outstanding) -> outstanding.dueAt <= now && !isSpent(outstanding))
			.limit(most)
			.toList();
	}

	private <T> boolean ask(CompletableFuture<T> answer, java.util.function.Consumer<T> taker) {
		this.fetching = true;
		boolean atOnce = answer.isDone();
		BiConsumer<@Nullable T, @Nullable Throwable> answered = (value, failure) -> {
			this.reader.lock().lock();
			try {
				this.fetching = false;
				if (value == null) {
					retryLater();
				}
				else {
					this.retryAt = 0;
					this.retryPause = FIRST_RETRY;
					taker.accept(value);
				}
			}
			finally {
				this.reader.lock().unlock();
			}
			if (!atOnce) {
				this.reader.wake();
			}
		};
		answer.whenComplete(answered);
		return atOnce;
	}

	private void retryLater() {
		this.retryAt = System.nanoTime() + Duration.ofMillis(this.retryPause).toNanos();
		this.retryPause = Math.min(2 * this.retryPause, LONGEST_RETRY);
		// A claim may have been written although its answer was lost.
		this.stranded = true;
		this.tools.waiting().add(this.reader);
	}

	private void takeNew(Feed.Page page) {
		if (page.moved()) {
			if (page.place() == LedgerBatch.Claimed.NOWHERE) {
				this.tools.delivery().execute(this.reader::end);
				return;
			}
			this.stranded = true;
		}
		this.next = page.place();
		for (StoredMessage message : page.messages()) {
			add(new Outstanding(message.offset()), message);
		}
	}

	private void takeAgain(List<Outstanding> due, List<StoredMessage> messages) {
		List<Long> gone = new ArrayList<>();
		TreeMap<Long, StoredMessage> found = new TreeMap<>();
		messages.forEach((message) -> found.put(message.offset(), message));
		for (Outstanding outstanding : due) {
			this.again.remove(outstanding.offset);
			StoredMessage message = found.get(outstanding.offset);
			if (message != null) {
				add(outstanding, message);
			}
			else {
				gone.add(outstanding.offset);
			}
		}
		if (!gone.isEmpty()) {
			this.feed.acknowledge(gone);
		}
	}

	/** Takes over what nobody hands out. Takes the lock itself. */
	boolean adopt(boolean own) {
		this.reader.lock().lock();
		try {
			if (this.fetching) {
				return false;
			}
			return ask(this.feed.adopt(own), (claims) -> {
				this.stranded &= !own;
				claims.stream().filter((claim) -> !isKnown(claim.offset())).map(Outstanding::of).forEach(this::requeue);
			});
		}
		finally {
			this.reader.lock().unlock();
		}
	}

	private boolean isKnown(long offset) {
		return this.again.containsKey(offset) || this.leaving.contains(offset) || this.reader.isHeld(offset)
				|| this.ready.stream().anyMatch((entry) -> entry.outstanding().offset == offset);
	}

	/** Whether something is waited for. */
	boolean isWaiting() {
		return !this.again.isEmpty() || this.retryAt != 0;
	}

	/**
	 * Whether what is waited for has come.
	 * @param room whether somebody would take it
	 */
	boolean isDue(boolean room) {
		long now = this.tools.clock().millis();
		return (this.retryAt != 0 && this.retryAt - System.nanoTime() <= 0) || this.again.values()
			.stream()
			.anyMatch((outstanding) -> outstanding.dueAt <= now && (room || isSpent(outstanding)));
	}

	/** Sets aside what was refused too often. Takes the lock itself. */
	void setAsideSpent() {
		List<Outstanding> spent;
		this.reader.lock().lock();
		try {
			if (this.again.isEmpty()) {
				return;
			}
			long now = this.tools.clock().millis();
			spent = this.again.values()
				.stream()
				.filter((outstanding) -> outstanding.dueAt <= now && isSpent(outstanding))
				.toList();
			spent.forEach((outstanding) -> {
				this.again.remove(outstanding.offset);
				this.leaving.add(outstanding.offset);
			});
		}
		finally {
			this.reader.lock().unlock();
		}
		spent.forEach(this::setAside);
	}

	/**
	 * Stores the copy first and acknowledges then, so that a crash can only repeat it.
	 */
	private void setAside(Outstanding outstanding) {
		this.feed.refetch(List.of(outstanding.offset))
			.thenCompose((messages) -> this.tools.dead().append(this.live.destination(), messages))
			.whenComplete((stored, failure) -> {
				this.reader.lock().lock();
				try {
					this.leaving.remove(outstanding.offset);
					if (failure == null) {
						this.feed.acknowledge(List.of(outstanding.offset));
					}
					else {
						outstanding.dueAt = this.tools.clock().millis() + LONGEST_RETRY;
						requeue(outstanding);
					}
				}
				finally {
					this.reader.lock().unlock();
				}
			});
	}

	/**
	 * A message in hand.
	 *
	 * @param outstanding what is known of it
	 * @param message the message
	 */
	record Ready(Outstanding outstanding, StoredMessage message) {

	}

}
