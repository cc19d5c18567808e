package dev.usher.inbox.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.usher.inbox.Handout;
import dev.usher.thread.FatalErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out the messages of a log to the subscriptions that share one place in it. Each
 * message goes to one of them, round and round among those that have room; without room
 * nothing is read, so a reader that nobody drains costs no thread and no memory.
 * <p>
 * All state is guarded by one lock, which is never held while a consumer is called: a
 * consumer may acknowledge from within, and may hold locks of its own when it does.
 */
final class Reader {

	private static final Logger logger = LoggerFactory.getLogger(Reader.class);

	/** After so many messages another reader has its turn. */
	private static final int TURN = 256;

	private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

	private final LiveLog live;

	private final Feed feed;

	private final ReaderTools tools;

	private final SerialTask turns;

	private final ReentrantLock lock = new ReentrantLock();

	private final ReaderBacklog backlog;

	private final Shares shares = new Shares();

	private final AckTimeout ackTimeout;

	private boolean forget;

	private boolean ended;

	/** Done when what this node had is free for others; null where it goes on. */
	private @Nullable CompletableFuture<Void> yielded;

	/** Who may have what comes before all else; null where nobody is waited for. */
	private @Nullable Predecessors predecessors;

	Reader(LiveLog live, Feed feed, long next, List<ReaderStore.Claim> claims, ReaderTools tools) {
		this.live = live;
		this.feed = feed;
		this.tools = tools;
		this.turns = new SerialTask(tools.delivery(), this::turn);
		this.backlog = new ReaderBacklog(this, this.shares, live, feed, next, tools);
		this.ackTimeout = new AckTimeout(this.shares, this.backlog, tools);
		claims.forEach((claim) -> this.backlog.requeue(Outstanding.of(claim)));
	}

	/** Hands out nothing until these are known to live, or what they have is free. */
	void after(Predecessors predecessors) {
		locked(() -> this.predecessors = predecessors);
		this.tools.waiting().add(this);
	}

	ReentrantLock lock() {
		return this.lock;
	}

	void wake() {
		this.turns.wake();
	}

	/**
	 * Lets a subscription join.
	 * @return false where the reader has ended, so that another must be opened
	 */
	boolean join(Share share) {
		return locked(() -> {
			if (this.ended || !this.live.add(this)) {
				return false;
			}
			this.shares.add(share);
			if (this.shares.areSeveral()) {
				this.tools.waiting().add(this);
			}
			return true;
		});
	}

	/** Where the reader stands: all up to here is acknowledged. */
	long position() {
		return locked(() -> this.shares.position(this.backlog.position()));
	}

	/** Up to which offset messages were taken. */
	long next() {
		return locked(this.backlog::next);
	}

	private void turn() {
		this.backlog.setAsideSpent();
		int left = TURN;
		while (left > 0) {
			Map<Share, List<Handout>> given = handOut(left);
			if (given.isEmpty()) {
				return;
			}
			given.forEach(this::call);
			left -= given.values().stream().mapToInt(List::size).sum();
		}
		wake();
	}

	/** Gives the shares what they have room for; they are called when it is done. */
	private Map<Share, List<Handout>> handOut(int most) {
		Map<Share, List<Handout>> given = new LinkedHashMap<>(2);
		this.lock.lock();
		try {
			long now = this.tools.clock().millis();
			for (int i = 0; i < most; i++) {
				int room = this.shares.room();
				ReaderBacklog.Ready ready = (room > 0 && handsOut()) ? this.backlog.poll(room) : null;
				if (ready == null) {
					break;
				}
				Share share = this.shares.pick(ready.outstanding());
				given.computeIfAbsent(share, (key) -> new ArrayList<>())
					.add(new Handout(ready.message(), ready.outstanding().redelivered));
				ready.outstanding().redelivered = true;
				share.take(ready.outstanding(), now);
			}
			if (!handsOut() || this.shares.room() == 0) {
				this.backlog.forget();
			}
		}
		finally {
			this.lock.unlock();
		}
		return given;
	}

	private boolean handsOut() {
		return !this.ended && this.yielded == null && this.predecessors == null;
	}

	/** Calls a consumer, with no lock held. */
	private void call(Share share, List<Handout> given) {
		int taken = 0;
		try {
			taken = share.consumer().onMessages(given);
		}
		catch (RuntimeException | Error ex) {
			FatalErrors.endIfFatal(ex);
			logger.error("A consumer of {} failed; its subscription is closed", this.live.destination(), ex);
			leave(share, false);
		}
		if (taken < given.size()) {
			putBack(share, given.subList(taken, given.size()));
		}
	}

	/**
	 * A consumer had no room after all. What it did not take is forgotten and read again,
	 * so that what waits for a slow one is on the disk and not in memory.
	 */
	private void putBack(Share share, List<Handout> refused) {
		locked(() -> {
			for (Handout handout : refused) {
				Outstanding outstanding = share.give(handout.message().offset());
				if (outstanding != null) {
					outstanding.redelivered = handout.redelivered();
					this.backlog.requeue(outstanding);
				}
			}
		});
	}

	void request(Share share, long messages) {
		locked(() -> share.addDemand(messages));
		wake();
	}

	/** What a share gives up, with the lock held, is read. */
	CompletionStage<Void> acknowledge(Supplier<List<Long>> given) {
		CompletionStage<Void> written = locked(() -> {
			List<Long> offsets = given.get();
			return (offsets.isEmpty()) ? DONE : this.feed.acknowledge(offsets);
		});
		wake();
		return written;
	}

	CompletionStage<Void> refuse(Share share, long offset) {
		CompletionStage<Void> written = locked(() -> {
			Outstanding outstanding = share.give(offset);
			return (outstanding != null)
					? this.backlog.refused(outstanding, !this.shares.areSeveral() || this.yielded != null) : DONE;
		});
		wake();
		return written;
	}

	CompletionStage<Void> leave(Share share, boolean forget) {
		CompletionStage<Void> written;
		this.lock.lock();
		try {
			if (!this.shares.remove(share)) {
				return DONE;
			}
			this.forget |= forget;
			share.giveAll().forEach(this.backlog::requeue);
			written = endIfUnused();
		}
		finally {
			this.lock.unlock();
		}
		this.tools.logs().leave(this.live);
		wake();
		return written;
	}

	/** It was opened for somebody who did not join after all. */
	void abandon() {
		locked(this::endIfUnused);
	}

	private CompletionStage<Void> endIfUnused() {
		if (this.ended || !this.shares.isEmpty()) {
			return DONE;
		}
		this.ended = true;
		this.tools.waiting().remove(this);
		// Within the lock: whoever opens this reader again asks the ledger later.
		CompletionStage<Void> written = this.backlog.leave(this.forget);
		this.live.remove(this);
		return written;
	}

	/** The log or the reader was removed. */
	void end() {
		List<Share> all = locked(() -> {
			this.ended = true;
			this.tools.waiting().remove(this);
			this.live.remove(this);
			return this.shares.removeAll();
		});
		for (Share share : all) {
			this.tools.logs().leave(this.live);
			this.tools.delivery().execute(share.consumer()::onEnded);
		}
	}

	/** Looks for what another node let go of, if somebody here would take it. */
	void adopt() {
		locked(() -> {
			if (this.shares.room() > 0 && handsOut()) {
				this.backlog.adopt(false);
			}
		});
	}

	/** Looks whether what was waited for is due. Called by the timer. */
	void tick() {
		boolean due = locked(() -> {
			boolean some = this.yielded == null && this.ackTimeout.takeFromSlow();
			some |= this.backlog.isDue(this.shares.room() > 0) | isFirstNow();
			if (this.ended || !(this.predecessors != null || this.shares.areSeveral() || this.backlog.isWaiting()
					|| this.backlog.isShared())) {
				this.tools.waiting().remove(this);
			}
			return some;
		});
		if (due) {
			wake();
		}
	}

	/** Whether the wait for its predecessors has just ended. */
	private boolean isFirstNow() {
		if (this.predecessors == null || this.predecessors.areAwaited()) {
			return false;
		}
		this.predecessors = null;
		// What they had is taken over before anything else is read.
		this.backlog.forgetClaims();
		return true;
	}

	void readBy(int nodes) {
		if (locked(() -> this.backlog.readBy(nodes))) {
			wake();
		}
	}

	/** What this node had taken may be others' by now. */
	void claimsLost() {
		locked(this.backlog::forgetClaims);
		wake();
	}

	/**
	 * This node goes down, and other nodes take what it had; an ACK of what was handed
	 * out counts all the same. Where no other node reads the same any more, it goes on.
	 * @param elsewhere whether another one does
	 */
	void yieldTo(boolean elsewhere) {
		locked(() -> {
			if (elsewhere && !this.ended && this.yielded == null) {
				this.yielded = this.backlog.yieldClaims().toCompletableFuture();
			}
			else if (!elsewhere && this.yielded != null && this.yielded.isDone()) {
				this.yielded = null;
				this.backlog.forgetClaims();
				this.feed.rejoin();
			}
		});
		wake();
	}

	private void locked(Runnable action) {
		locked(() -> {
			action.run();
			return true;
		});
	}

	private <T> T locked(Supplier<T> action) {
		this.lock.lock();
		try {
			return action.get();
		}
		finally {
			this.lock.unlock();
		}
	}

}
