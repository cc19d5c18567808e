package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
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

	/** Milliseconds to the second try; each further one waits twice as long. */
	private static final long FIRST_PAUSE = 100;

	private static final long LONGEST_PAUSE = 10_000;

	private final LaneOutput output;

	private final LaneInput input;

	private final LaneSubscriptions subscriptions;

	private final BusChannel probeChannel;

	private final byte[] probeBytes;

	private final FrameSeal seal;

	private final RedisEndpoint endpoint;

	private final ScheduledThread control;

	private final Owner owner;

	private final BusTally tally;

	private @Nullable StatefulRedisConnection<byte[], byte[]> publishing;

	private @Nullable StatefulRedisPubSubConnection<byte[], byte[]> subscribing;

	/** Counts connections, so that what an earlier one still tells means nothing. */
	private int attempt;

	private int failures;

	private boolean up;

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
	record Parts(LaneOutput output, LaneInput input, RedisEndpoint endpoint, ScheduledThread control, BusTally tally) {

	}

	/**
	 * @param prefix of the names of channels
	 * @param probes the channel of its probes, which no other lane has
	 * @param seal for the thread of the connection that subscribes
	 */
	BusLane(Parts parts, String prefix, BusChannel probes, FrameSeal seal, Owner owner) {
		this.output = parts.output();
		this.input = parts.input();
		this.endpoint = parts.endpoint();
		this.control = parts.control();
		this.tally = parts.tally();
		this.probeChannel = probes;
		this.probeBytes = (prefix + probes.name()).getBytes(StandardCharsets.UTF_8);
		this.seal = seal;
		this.owner = owner;
		this.subscriptions = new LaneSubscriptions(prefix, this.probeBytes, this.control, new Progress());
	}

	LaneOutput output() {
		return this.output;
	}

	LaneInput input() {
		return this.input;
	}

	LaneSubscriptions subscriptions() {
		return this.subscriptions;
	}

	boolean isUp() {
		return this.up;
	}

	/** Connects for the first time. */
	void begin() {
		this.output.start();
		this.input.start();
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
		CompletableFuture<StatefulRedisConnection<byte[], byte[]>> publishing = this.endpoint.connect();
		CompletableFuture<StatefulRedisPubSubConnection<byte[], byte[]>> subscribing = this.endpoint.connectPubSub();
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
		}, this.control);
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
		this.output.connect(out);
		ConnectionChannel.add(in, new MessageReader(this::arrived, this.input::wake));
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
		this.control.schedule(this::connect, pause(), TimeUnit.MILLISECONDS);
	}

	private void disconnect() {
		this.attempt++;
		this.output.disconnect();
		this.subscriptions.stop();
		if (this.publishing != null) {
			this.publishing.closeAsync();
			this.publishing = null;
		}
		if (this.subscribing != null) {
			this.subscribing.closeAsync();
			this.subscribing = null;
		}
	}

	/** So that not all lanes of all nodes come at once when the engine is back. */
	private long pause() {
		long longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(10, this.failures - 1));
		return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1);
	}

	/** Looks at the time. Called each quarter of a second. */
	void tick() {
		this.output.expire();
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
			this.probedAt = now;
			this.output.send(this.probeChannel, EntryKind.PROBE, new ByteWriter(Long.BYTES).fixed(now).toBytes());
		}
		if (this.up && now - this.countedAt >= COUNT_PERIOD) {
			this.countedAt = now;
			this.subscriptions.countSoon();
		}
	}

	/** The engine has refused something that was published. Any thread. */
	void refused(Throwable failure) {
		int mine = this.attempt;
		this.control.execute(() -> lost(mine, "", failure));
	}

	void close() {
		this.closed = true;
		disconnect();
		this.output.close();
		this.input.close();
	}

	/** On the thread of the connection. */
	private void arrived(byte[] channel, byte[] frame) {
		if (Arrays.equals(channel, this.probeBytes)) {
			probe(frame);
		}
		else {
			this.input.arrived(channel, frame);
		}
	}

	/** A probe is back. On the thread of the connection. */
	private void probe(byte[] frame) {
		if (!BusFrame.isReadable(frame) || !this.seal.fits(this.probeBytes, frame)) {
			this.tally.drop(FrameFault.SEAL);
			return;
		}
		long now = System.nanoTime();
		BusFrame.read(frame, (kind, entry) -> {
			long sent = new ByteReader(entry).fixed();
			if (kind == EntryKind.PROBE.number() && now - sent >= 0 && now - sent <= SILENCE) {
				this.heardAt = now;
				this.tally.roundTrip(now - sent);
			}
		});
	}

	/** How the subscriptions get on. */
	private final class Progress implements LaneSubscriptions.Owner {

		@Override
		public void steady() {
			BusLane lane = BusLane.this;
			Long since = lane.downSince;
			lane.up = true;
			lane.failures = 0;
			lane.downSince = null;
			lane.owner.up(since);
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
			BusLane.this.control.execute(() -> lost(this.mine, "Redis has closed the connection.", null));
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
