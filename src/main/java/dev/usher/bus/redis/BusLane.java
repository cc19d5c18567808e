package dev.usher.bus.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.ScheduledThread;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the two connections of a lane: one publishes, one subscribes. Both go together
 * when either ends, refuses something, or when a probe, which goes out on the one and
 * comes back on the other, has not come back for {@link #SILENCE}. New ones are tried at
 * growing distances. All but what is said otherwise happens on the control thread.
 */
final class BusLane {

	/** Without a probe for so long a connection counts as gone. */
	private static final long SILENCE = TimeUnit.SECONDS.toNanos(3);

	private static final long PROBE_PERIOD = TimeUnit.SECONDS.toNanos(1);

	private static final long COUNT_PERIOD = TimeUnit.SECONDS.toNanos(10);

	private final Parts parts;

	private final LaneSubscriptions subscriptions;

	private final Owner owner;

	private @Nullable StatefulRedisConnection<byte[], byte[]> publishing;

	private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> subscribing;

	/** Of the connection that publishes. */
	private @Nullable Channel out;

	/** Counts connections, so that what an earlier one still tells means nothing. */
	private int attempt;

	private int failures;

	private boolean up;

	/** What was wanted when these connections began is confirmed. */
	private boolean steady;

	/** A probe went out by these connections and came back. */
	private boolean proven;

	private boolean closed;

	/** From when nothing was certain to arrive, or null while everything is. */
	private @Nullable Long downSince;

	private volatile long heardAt;

	private long probedAt;

	private long countedAt;

	/** Is told how the lane does; on the control thread. */
	interface Owner {

		/** All works, for the first time or again since it did not. */
		void up(@Nullable Long downSince);

		/**
		 * Nothing goes in or out.
		 * @param why a sentence, or empty where the failure says it
		 */
		void down(String why, @Nullable Throwable failure);

	}

	/** What a lane is made of. */
	record Parts(LaneOutput output, LaneInput input, LaneProbes probes, RedisEndpoint endpoint, ScheduledThread control,
			BusTally tally) {

	}

	/**
	 * @param prefix of the names of channels
	 */
	BusLane(Parts parts, String prefix, Owner owner) {
		this.parts = parts;
		this.owner = owner;
		this.subscriptions = new LaneSubscriptions(prefix, parts.probes().name(), parts.control(), new Progress(),
				new ConcurrentLinkedQueue<>());
	}

	LaneOutput output() {
		return this.parts.output();
	}

	LaneInput input() {
		return this.parts.input();
	}

	LaneSubscriptions subscriptions() {
		return this.subscriptions;
	}

	boolean isUp() {
		return this.up;
	}

	/** Connects for the first time. */
	void begin() {
		this.parts.output().start();
		this.parts.input().start();
		connect();
	}

	private void connect() {
		if (this.closed) {
			return;
		}
		int mine = ++this.attempt;
		if (this.downSince == null && this.failures > 0) {
			this.downSince = System.nanoTime();
		}
		CompletableFuture<StatefulRedisConnection<byte[], byte[]>> publishing = this.parts.endpoint().connect();
		CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> subscribing = this.parts.endpoint()
			.connectPubSub();
		CompletableFuture<Channel> out = publishing.thenCompose(ConnectionChannel::of);
		CompletableFuture<Channel> in = subscribing.thenCompose(ConnectionChannel::of);
		CompletableFuture.allOf(out, in).whenCompleteAsync((both, failure) -> {
			if (failure != null || mine != this.attempt) {
				publishing.thenAccept(StatefulConnection::closeAsync);
				subscribing.thenAccept(StatefulConnection::closeAsync);
				lost(mine, "", failure);
			}
			else {
				connected(mine, publishing.join(), subscribing.join(), out.join(), in.join());
			}
		}, this.parts.control());
	}

	private void connected(int mine, StatefulRedisConnection<byte[], byte[]> publishing,
			StatefulRedisPubSubConnection<byte[], byte[]> subscribing, Channel out, Channel in) {
		this.publishing = publishing;
		this.subscribing = subscribing;
		Disconnected disconnected = new Disconnected(mine);
		publishing.addListener(disconnected);
		subscribing.addListener(disconnected);
		subscribing.addListener(new Hearing(subscribing));
		if (!out.isActive() || !in.isActive()) {
			lost(mine, "", null);
			return;
		}
		long now = System.nanoTime();
		this.heardAt = now;
		this.probedAt = now;
		this.countedAt = now;
		this.steady = false;
		this.proven = false;
		this.out = out;
		this.parts.output().connect(out);
		ConnectionChannel.add(in,
				new MessageReader((channel, frame) -> arrived(subscribing, channel, frame), this.parts.input()::wake));
		this.subscriptions.restart(subscribing);
	}

	/** The connections of an attempt are of no use any more. */
	private void lost(int mine, String why, @Nullable Throwable failure) {
		if (mine != this.attempt || this.closed) {
			return;
		}
		boolean served = this.up;
		this.up = false;
		this.failures = (served) ? 1 : this.failures + 1;
		if (this.downSince == null) {
			this.downSince = (served) ? this.heardAt : System.nanoTime();
		}
		disconnect();
		this.owner.down(why, failure);
		this.parts.control().schedule(this::connect, Pause.after(this.failures), TimeUnit.MILLISECONDS);
	}

	private void disconnect() {
		this.attempt++;
		this.parts.output().disconnect();
		this.subscriptions.stop();
		this.out = null;
		if (this.publishing != null) {
			this.publishing.closeAsync();
			this.publishing = null;
		}
		if (this.subscribing != null) {
			this.subscribing.closeAsync();
			this.subscribing = null;
		}
	}

	/** Looks at the time. Called each quarter of a second. */
	void tick() {
		this.parts.output().expire();
		this.subscriptions.expire();
		if (this.subscribing == null) {
			return;
		}
		long now = System.nanoTime();
		if (now - this.heardAt > SILENCE) {
			lost(this.attempt, "Redis has not answered for 3 s.", null);
			return;
		}
		if (now - this.probedAt >= PROBE_PERIOD) {
			sendProbe(now);
		}
		if (this.up && now - this.countedAt >= COUNT_PERIOD) {
			this.countedAt = now;
			this.subscriptions.countSoon();
		}
	}

	private void sendProbe(long now) {
		this.probedAt = now;
		this.parts.probes().send(this.parts.output(), now);
	}

	/**
	 * The engine has refused something that was published. Any thread.
	 * @param by the connection that published it: with one that was replaced all that was
	 * under way fails, and must not take the next one with it
	 */
	void refused(Channel by, Throwable failure) {
		this.parts.control().execute(() -> {
			if (by == this.out) {
				lost(this.attempt, "", failure);
			}
		});
	}

	void close() {
		this.closed = true;
		disconnect();
		this.parts.output().close();
		this.parts.input().close();
	}

	/** On the thread of the connection. */
	private void arrived(StatefulRedisPubSubConnection<byte[], byte[]> by, byte[] channel, byte[] frame) {
		if (this.parts.probes().comeOn(channel)) {
			probe(by, frame);
		}
		else {
			this.parts.input().arrived(channel, frame);
		}
	}

	/** A probe is back. On the thread of the connection. */
	private void probe(StatefulRedisPubSubConnection<byte[], byte[]> by, byte[] frame) {
		Long sent = this.parts.probes().read(frame);
		long now = System.nanoTime();
		if (sent != null && now - sent >= 0 && now - sent <= SILENCE) {
			this.heardAt = now;
			this.parts.tally().roundTrip(now - sent);
			this.parts.control().execute(() -> proven(by));
		}
	}

	private void proven(StatefulRedisPubSubConnection<byte[], byte[]> by) {
		if (by == this.subscribing && !this.proven) {
			this.proven = true;
			upIfAllWorks();
		}
	}

	/**
	 * Not before both directions were seen to work: a user who may only subscribe would
	 * be told of a gap each second, when the next probe is refused.
	 */
	private void upIfAllWorks() {
		if (this.steady && this.proven) {
			Long since = this.downSince;
			this.up = true;
			this.failures = 0;
			this.downSince = null;
			this.owner.up(since);
		}
	}

	/** How the subscriptions get on. */
	private final class Progress implements LaneSubscriptions.Owner {

		@Override
		public void steady() {
			BusLane.this.steady = true;
			if (!BusLane.this.proven) {
				sendProbe(System.nanoTime());
			}
			upIfAllWorks();
		}

		@Override
		public void broken(String why, @Nullable Throwable failure) {
			lost(BusLane.this.attempt, why, failure);
		}

	}

	/** Hears that a connection has ended. */
	private final class Disconnected implements RedisConnectionStateListener {

		private final int mine;

		private Disconnected(int mine) {
			this.mine = mine;
		}

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
			BusLane.this.parts.control().execute(() -> lost(this.mine, "Redis has closed the connection.", null));
		}

	}

	/** Hears what the engine has confirmed, on the thread of the connection. */
	private final class Hearing extends RedisPubSubAdapter<byte[], byte[]> {

		private final StatefulRedisPubSubConnection<byte[], byte[]> from;

		private Hearing(StatefulRedisPubSubConnection<byte[], byte[]> from) {
			this.from = from;
		}

		@Override
		public void subscribed(byte[] channel, long count) {
			BusLane.this.subscriptions.onConfirmation(this.from);
		}

		@Override
		public void unsubscribed(byte[] channel, long count) {
			BusLane.this.subscriptions.onConfirmation(this.from);
		}

	}

}
