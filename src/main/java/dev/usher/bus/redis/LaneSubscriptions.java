package dev.usher.bus.redis;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.bus.Reach;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * The channels that this node wants on one lane, and what the engine has confirmed of
 * them. The list is our own and the only one that counts. Changes go out in windows: the
 * next is sent when the one before is confirmed, so that the engine's buffer for the
 * answers stays small, and so that at the end of each it is known how many channels the
 * engine must have. It is asked whether it has.
 * <p>
 * Any thread may want something. Windows belong to the one control thread.
 */
final class LaneSubscriptions {

	static final int WINDOW = 512;

	private final String prefix;

	/** Subscribed to as well, and before all others. */
	private final byte[] probes;

	private final Executor control;

	private final Owner owner;

	private final ConcurrentHashMap<String, WantedChannel> channels = new ConcurrentHashMap<>();

	private final Queue<String> changed;

	private final ReachWaiters waiters = new ReachWaiters();

	private final AtomicInteger wanted = new AtomicInteger();

	private final AtomicInteger confirmed = new AtomicInteger();

	private final AtomicBoolean pumpSoon = new AtomicBoolean();

	private volatile @Nullable StatefulRedisPubSubConnection<byte[], byte[]> connection;

	/** Confirmations that the open window still waits for. */
	private final AtomicInteger missing = new AtomicInteger();

	private @Nullable SubscribeWindow window;

	/** How many changes are to be sent until what was wanted at the start is. */
	private int initial;

	private boolean steady;

	private boolean countDue;

	/** Is told how it goes; on the control thread. */
	interface Owner {

		/** All that was wanted when the connection began is confirmed, and counted. */
		void steady();

		/** The connection is of no use: the engine refused, or has another count. */
		void broken(String why, @Nullable Throwable failure);

	}

	/**
	 * @param prefix of the names of channels
	 * @param probes the channel of this lane's probes
	 */
	LaneSubscriptions(String prefix, byte[] probes, Executor control, Owner owner, Queue<String> changed) {
		this.changed = changed;
		this.prefix = prefix;
		this.probes = probes;
		this.control = control;
		this.owner = owner;
	}

	int wanted() {
		return this.wanted.get();
	}

	int confirmed() {
		return this.confirmed.get();
	}

	void want(String name) {
		this.channels.compute(name, (same, present) -> {
			WantedChannel channel = (present != null) ? present : new WantedChannel(name);
			if (++channel.uses == 1) {
				this.wanted.incrementAndGet();
				note(channel);
			}
			return channel;
		});
	}

	void unwant(String name) {
		this.channels.computeIfPresent(name, (same, channel) -> {
			if (--channel.uses > 0) {
				return channel;
			}
			this.wanted.decrementAndGet();
			note(channel);
			return (this.connection != null) ? channel : null;
		});
	}

	private void note(WantedChannel channel) {
		if (!channel.queued && this.connection != null) {
			channel.queued = true;
			this.changed.add(channel.name);
			pumpSoon();
		}
	}

	private void pumpSoon() {
		if (this.pumpSoon.compareAndSet(false, true)) {
			this.control.execute(() -> {
				this.pumpSoon.set(false);
				pump();
			});
		}
	}

	/** Completes when the engine has confirmed a channel, or it has taken too long. */
	CompletableFuture<Reach> confirmed(String name) {
		CompletableFuture<Reach> answer = new CompletableFuture<>();
		this.channels.computeIfPresent(name, (same, channel) -> {
			if (channel.confirmed) {
				answer.complete(Reach.CLUSTER);
			}
			else if (this.connection != null) {
				if (channel.waiting == null) {
					channel.waiting = new ArrayList<>(1);
				}
				channel.waiting.add(answer);
				this.waiters.add(answer);
			}
			return channel;
		});
		boolean waits = !answer.isDone() && this.connection != null && this.channels.containsKey(name);
		if (!waits) {
			answer.complete(Reach.NODE);
		}
		return answer;
	}

	/** Whether the engine has confirmed a channel. */
	boolean hears(String name) {
		WantedChannel channel = this.channels.get(name);
		return channel != null && channel.confirmed;
	}

	/** Answers those that have waited long enough. Called each quarter of a second. */
	void expire() {
		this.waiters.expire();
	}

	/** Subscribes to everything, from nothing. Control thread. */
	void restart(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
		this.steady = false;
		this.countDue = false;
		this.changed.clear();
		this.connection = connection;
		for (String name : this.channels.keySet()) {
			this.channels.computeIfPresent(name, (same, channel) -> {
				channel.sent = false;
				channel.confirmed = false;
				channel.queued = true;
				this.changed.add(name);
				return channel;
			});
		}
		this.initial = this.changed.size();
		this.confirmed.set(0);
		SubscribeWindow first = SubscribeWindow.empty(connection);
		this.window = first;
		this.missing.set(1);
		watch(first, connection.async().subscribe(this.probes).toCompletableFuture());
	}

	/** The connection is gone. Control thread. */
	void stop() {
		this.connection = null;
		this.window = null;
		this.confirmed.set(0);
		List<CompletableFuture<Reach>> waiting = new ArrayList<>();
		for (String name : this.channels.keySet()) {
			this.channels.computeIfPresent(name, (same, channel) -> {
				waiting.addAll(channel.takeWaiting());
				channel.sent = false;
				channel.confirmed = false;
				channel.queued = false;
				return (channel.uses > 0) ? channel : null;
			});
		}
		this.changed.clear();
		waiting.forEach((answer) -> answer.complete(Reach.NODE));
	}

	/** Asks the engine for its count when the open window is done. Control thread. */
	void countSoon() {
		this.countDue = true;
		pump();
	}

	/** The engine has confirmed one change. On the thread of the connection. */
	void onConfirmation(StatefulRedisPubSubConnection<byte[], byte[]> from) {
		if (from == this.connection && this.missing.decrementAndGet() == 0) {
			this.control.execute(() -> {
				SubscribeWindow done = this.window;
				if (done != null && done.connection() == from) {
					close(done);
				}
			});
		}
	}

	private void pump() {
		StatefulRedisPubSubConnection<byte[], byte[]> open = this.connection;
		if (open == null || this.window != null) {
			return;
		}
		if (this.countDue) {
			this.countDue = false;
			count(open);
			return;
		}
		List<String> more = new ArrayList<>();
		List<String> fewer = new ArrayList<>();
		Set<String> taken = new HashSet<>();
		// What has changed again meanwhile: one window cannot say in which order.
		List<String> later = new ArrayList<>(0);
		for (String name = this.changed.poll(); name != null; name = next(taken, more.size() + fewer.size())) {
			if (taken.add(name)) {
				take(name, more, fewer);
			}
			else {
				later.add(name);
			}
		}
		this.changed.addAll(later);
		this.initial -= taken.size();
		if (!more.isEmpty() || !fewer.isEmpty()) {
			open(new SubscribeWindow(open, more, fewer));
		}
		else if (!this.changed.isEmpty()) {
			pumpSoon();
		}
		else if (!this.steady) {
			count(open);
		}
	}

	private @Nullable String next(Set<String> taken, int inWindow) {
		return (inWindow < WINDOW && taken.size() < 4 * WINDOW) ? this.changed.poll() : null;
	}

	private void take(String name, List<String> more, List<String> fewer) {
		this.channels.computeIfPresent(name, (same, channel) -> {
			channel.queued = false;
			if (channel.uses > 0) {
				if (!channel.sent) {
					channel.sent = true;
					more.add(name);
				}
				return channel;
			}
			if (channel.sent) {
				fewer.add(name);
			}
			return null;
		});
	}

	private void open(SubscribeWindow next) {
		this.window = next;
		this.missing.set(next.size());
		watch(next, next.send(this.prefix));
	}

	private void watch(SubscribeWindow sent, CompletableFuture<Void> command) {
		command.whenCompleteAsync((done, failure) -> {
			if (failure != null && this.window == sent) {
				this.owner.broken("", failure);
			}
		}, this.control);
	}

	private void close(SubscribeWindow done) {
		this.window = null;
		List<CompletableFuture<Reach>> reached = new ArrayList<>();
		for (String name : done.more()) {
			this.channels.computeIfPresent(name, (same, channel) -> {
				channel.confirmed = true;
				reached.addAll(channel.takeWaiting());
				return channel;
			});
		}
		this.confirmed.addAndGet(done.more().size() - done.fewer().size());
		if (!this.steady && this.initial <= 0) {
			this.countDue = true;
		}
		pump();
		reached.forEach((answer) -> answer.complete(Reach.CLUSTER));
	}

	/** With no window open, so that the answer can be one number only. */
	private void count(StatefulRedisPubSubConnection<byte[], byte[]> open) {
		SubscribeWindow none = SubscribeWindow.empty(open);
		int expected = this.confirmed.get() + 1;
		this.window = none;
		this.missing.set(0);
		open.async().clientInfo().toCompletableFuture().whenCompleteAsync((info, failure) -> {
			if (this.window != none) {
				return;
			}
			this.window = null;
			String wrong = ChannelCount.compare(info, expected);
			if (wrong == null) {
				counted();
			}
			else {
				this.owner.broken(wrong, failure);
			}
		}, this.control);
	}

	private void counted() {
		if (!this.steady && this.initial <= 0) {
			this.steady = true;
			this.owner.steady();
		}
		pump();
	}

}
