package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Sets aside what was refused too often. Until it is, the reader stands before it.
 * Guarded by the reader's lock, unless said otherwise.
 */
final class SetAside {

	/** After which what could not be set aside is tried again. */
	private static final long AGAIN = 5_000;

	private final Reader reader;

	private final LiveLog live;

	private final Feed feed;

	private final ReaderTools tools;

	private final Consumer<Outstanding> requeue;

	private final TreeSet<Long> leaving = new TreeSet<>();

	SetAside(Reader reader, LiveLog live, Feed feed, ReaderTools tools, Consumer<Outstanding> requeue) {
		this.reader = reader;
		this.live = live;
		this.feed = feed;
		this.tools = tools;
		this.requeue = requeue;
	}

	/** What was set aside is not set aside again: it would only move on for ever. */
	boolean isSpent(Outstanding outstanding) {
		int most = this.tools.properties().maxDeliveries();
		return most > 0 && outstanding.nacks >= most && !DeadLetters.isDead(this.live.destination());
	}

	/** A place, or before what is being set aside. */
	long position(long place) {
		return (this.leaving.isEmpty()) ? place : Math.min(place, this.leaving.first() - 1);
	}

	int count() {
		return this.leaving.size();
	}

	void addTo(Set<Long> offsets) {
		offsets.addAll(this.leaving);
	}

	/** Sets aside what is due of what is to come again. Takes the lock itself. */
	void run(Map<Long, Outstanding> again) {
		List<Outstanding> spent;
		this.reader.lock().lock();
		try {
			if (again.isEmpty()) {
				return;
			}
			long now = this.tools.clock().millis();
			spent = again.values()
				.stream()
				.filter((outstanding) -> outstanding.dueAt <= now && isSpent(outstanding))
				.toList();
			spent.forEach((outstanding) -> {
				again.remove(outstanding.offset);
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
						outstanding.dueAt = this.tools.clock().millis() + AGAIN;
						this.requeue.accept(outstanding);
					}
				}
				finally {
					this.reader.lock().unlock();
				}
			});
	}

}
