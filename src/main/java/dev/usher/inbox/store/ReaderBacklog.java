package dev.usher.inbox.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
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

	private final Reader reader;

	private final Shares shares;

	private final LiveLog live;

	private final Feed feed;

	private final ReaderTools tools;

	private final Deque<Ready> ready = new ArrayDeque<>();

	private final TreeMap<Long, Outstanding> again = new TreeMap<>();

	private final SetAside setAside;

	private long next;

	private boolean fetching;

	private final RetryPause retry = new RetryPause();

	private final FairShare share = new FairShare();

	private final StrandedClaims stranded;

	ReaderBacklog(Reader reader, Shares shares, LiveLog live, Feed feed, long next, ReaderTools tools) {
		this.reader = reader;
		this.shares = shares;
		this.live = live;
		this.feed = feed;
		this.next = next;
		this.tools = tools;
		this.setAside = new SetAside(reader, live, feed, tools, this::requeue);
		this.stranded = new StrandedClaims(shares, this.ready, this.again, this.setAside);
	}

	long next() {
		return this.next;
	}

	long position() {
		long position = (this.again.isEmpty()) ? this.next : Math.min(this.next, this.again.firstKey() - 1);
		for (Ready entry : this.ready) {
			position = Math.min(position, entry.outstanding().offset - 1);
		}
		return this.setAside.position(position);
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

	/**
	 * A subscription refused a message: it waits longer each time. Where no other one
	 * here could have it, another node may.
	 */
	CompletionStage<Void> refused(Outstanding outstanding, boolean byAll) {
		outstanding.nacks++;
		boolean spent = this.setAside.isSpent(outstanding);
		long delay = Math.min(LONGEST_DELAY, FIRST_DELAY << Math.min(16, outstanding.nacks - 1));
		outstanding.dueAt = (spent) ? 0 : this.tools.clock().millis() + delay;
		if (byAll && !spent && this.feed.isShared() && this.tools.peers().areThere()) {
			return letGo(outstanding, outstanding.dueAt);
		}
		requeue(outstanding);
		return this.feed.refuse(outstanding.offset, outstanding.nacks, outstanding.dueAt);
	}

	/** Nobody here has a message any more; it is for other nodes first. */
	CompletionStage<Void> letGo(Outstanding outstanding, long dueAt) {
		return told(this.feed.letGo(outstanding.offset, outstanding.nacks, dueAt));
	}

	/** The last subscription is gone. */
	CompletionStage<Void> leave(boolean forget) {
		boolean holds = this.feed.isShared() && (!this.again.isEmpty() || !this.ready.isEmpty());
		CompletionStage<Void> written = this.feed.leave(forget);
		return (holds) ? told(written) : written;
	}

	private CompletionStage<Void> told(CompletionStage<Void> written) {
		return written.thenRun(() -> this.tools.peers().tellFreed(this.live.destination()));
	}

	/** Frees what this node has taken, for other nodes; takes no more. */
	CompletionStage<Void> yieldClaims() {
		forgetClaims();
		return told(this.feed.leave(false));
	}

	/**
	 * How many nodes have this reader open.
	 * @return whether what was left to others is this node's now
	 */
	boolean readBy(int nodes) {
		boolean waited = this.share.isWaiting();
		this.share.readBy(nodes);
		if (this.share.isShared()) {
			this.tools.waiting().add(this.reader);
		}
		return waited && !this.share.isWaiting();
	}

	/** Whether other nodes have this reader open. */
	boolean isShared() {
		return this.share.isShared();
	}

	/**
	 * All that this node had taken may be another's by now; what still is not is read.
	 */
	void forgetClaims() {
		forget();
		this.stranded.lost(this.again.keySet());
		this.again.clear();
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
		if (this.fetching || (this.retry.isOn() && !this.retry.isOver())) {
			return false;
		}
		int most = Math.min(room, PAGE);
		if (this.stranded.areSuspected()) {
			return adopt(true);
		}
		List<Outstanding> due = due(most);
		if (!due.isEmpty()) {
			List<Long> offsets = due.stream().map((outstanding) -> outstanding.offset).toList();
			return ask(this.feed.refetch(offsets), (messages) -> takeAgain(due, messages));
		}
		return this.next < this.live.head() && fetchNew(most);
	}

	private boolean fetchNew(int most) {
		long backlog = this.live.head() - this.next;
		long held = this.shares.heldCount() + this.ready.size() + this.again.size() + this.setAside.count();
		long share = this.share.now(backlog, held);
		if (share == 0) {
			this.tools.waiting().add(this.reader);
			return false;
		}
		Feed.Demand demand = new Feed.Demand((int) Math.min(most, share), backlog, this.share.counted(held));
		return ask(this.feed.newer(this.next, demand), this::takeNew);
	}

	private List<Outstanding> due(int most) {
		long now = this.tools.clock().millis();
		return this.again.values()
			.stream()
			.filter((outstanding) -> outstanding.dueAt <= now && !this.setAside.isSpent(outstanding))
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
					this.retry.answered();
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
		this.retry.failed();
		// A claim may have been written although its answer was lost.
		this.stranded.suspect();
		this.tools.waiting().add(this.reader);
	}

	private void takeNew(Feed.Page page) {
		if (page.moved()) {
			if (page.place() == LedgerBatch.Claimed.NOWHERE) {
				this.tools.delivery().execute(this.reader::end);
				return;
			}
			this.stranded.suspect();
		}
		else if (page.place() > this.next) {
			this.share.taken();
		}
		readBy(page.nodes());
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
			if (this.again.remove(outstanding.offset) == null) {
				// It was taken by another node meanwhile.
				continue;
			}
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
			this.stranded.asked(own);
			return ask(this.feed.adopt(own),
					(claims) -> this.stranded.of(claims).stream().map(Outstanding::of).forEach(this::requeue));
		}
		finally {
			this.reader.lock().unlock();
		}
	}

	/** Whether something is waited for. */
	boolean isWaiting() {
		return !this.again.isEmpty() || this.retry.isOn() || this.share.isWaiting();
	}

	/**
	 * Whether what is waited for has come.
	 * @param room whether somebody would take it
	 */
	boolean isDue(boolean room) {
		long now = this.tools.clock().millis();
		return this.retry.isOver() || (room && this.share.isOver()) || this.again.values()
			.stream()
			.anyMatch((outstanding) -> outstanding.dueAt <= now && (room || this.setAside.isSpent(outstanding)));
	}

	/** Sets aside what was refused too often. Takes the lock itself. */
	void setAsideSpent() {
		this.setAside.run(this.again);
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
