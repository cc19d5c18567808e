package dev.usher.bus.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.BusProperties;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Incarnation;
import dev.usher.bus.Reach;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import dev.usher.thread.Worker;
import dev.usher.thread.Workers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The bus on Redis: as many {@linkplain BusLane lanes} as configured, each with the
 * channels that hash to it. Without Redis everything stays on this node, and says so.
 */
class RedisBus implements Bus, SmartLifecycle, Workers {

	private static final Logger logger = LoggerFactory.getLogger(RedisBus.class);

	/** How long the start waits until it is known how Redis does, in seconds. */
	private static final int START_PATIENCE = 5;

	/** Milliseconds. */
	private static final long TICK = 250;

	private final RedisEndpoint endpoint;

	private final BusState state;

	private final BusTally tally;

	private final GapNotices gaps;

	private final List<BusLane> lanes = new ArrayList<>();

	private final Map<EntryKind, Receiver> receivers = new ConcurrentHashMap<>();

	private final ScheduledThread control = new ScheduledThread("usher-bus",
			new FailureLog(logger, "The bus could not be looked after"));

	/** Counted down by each lane whose first try is over, one way or the other. */
	private final CountDownLatch tried;

	private volatile Listener listener = (message) -> 0;

	private volatile boolean running;

	/** What all lanes share. */
	record Parts(RedisEndpoint endpoint, BusState state, BusTally tally, byte[] key, LongSupplier clock) {

	}

	RedisBus(Parts parts, BusProperties properties, Incarnation incarnation) {
		this.endpoint = parts.endpoint();
		this.state = parts.state();
		this.tally = parts.tally();
		this.tried = new CountDownLatch(properties.lanes());
		this.gaps = new GapNotices(properties.lanes(), this.tally);
		// What ends while the node ends has nobody left to tell.
		this.control.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
		for (int i = 0; i < properties.lanes(); i++) {
			this.lanes.add(lane(i, parts, properties, incarnation));
		}
	}

	private BusLane lane(int number, Parts parts, BusProperties properties, Incarnation incarnation) {
		String prefix = properties.name() + ":";
		long limit = properties.publishQueue().toBytes() / properties.lanes();
		BusFrame head = new BusFrame(properties.lanes(), number, incarnation.value(), 0, 0);
		LaneOutput output = new LaneOutput(head, prefix, new FrameSeal(parts.key()), limit, parts.clock(), this.tally,
				(by, failure) -> this.lanes.get(number).refused(by, failure));
		LaneInput input = new LaneInput(head, prefix.length(), new FrameSeal(parts.key()), limit, parts.clock(),
				this.tally, new Hearers());
		BusChannel probes = new BusChannel(BusChannel.node(incarnation.value()).name() + ":" + number);
		LaneProbes probing = new LaneProbes(prefix, probes, new FrameSeal(parts.key()), this.tally);
		return new BusLane(new BusLane.Parts(output, input, probing, parts.endpoint(), this.control, this.tally),
				prefix, new Watch(number));
	}

	@Override
	public boolean reachesOthers() {
		return true;
	}

	@Override
	public boolean works() {
		return this.state.problem() == null && this.lanes.stream().noneMatch((lane) -> lane.input().isOverflowed());
	}

	@Override
	public int announce(Message message) {
		return this.listener.onMessage(message);
	}

	@Override
	public boolean isHeard(Destination destination) {
		return this.listener.isHeard(destination);
	}

	@Override
	public void listen(Listener listener) {
		this.listener = listener;
	}

	@Override
	public CompletableFuture<Reach> send(BusChannel channel, EntryKind kind, byte[] entry) {
		return laneOf(channel).output().send(channel, kind, entry);
	}

	@Override
	public long unsent(EntryKind kind) {
		return this.tally.unsent(kind);
	}

	@Override
	public void receive(EntryKind kind, Receiver receiver) {
		this.receivers.put(kind, receiver);
	}

	@Override
	public void want(BusChannel channel) {
		laneOf(channel).subscriptions().want(channel.name());
	}

	@Override
	public void unwant(BusChannel channel) {
		laneOf(channel).subscriptions().unwant(channel.name());
	}

	@Override
	public CompletableFuture<Reach> confirmed(BusChannel channel) {
		return laneOf(channel).subscriptions().confirmed(channel.name());
	}

	@Override
	public boolean hears(BusChannel channel) {
		return laneOf(channel).subscriptions().hears(channel.name());
	}

	@Override
	public void onGap(GapListener listener) {
		this.gaps.add(listener);
	}

	private BusLane laneOf(BusChannel channel) {
		return this.lanes.get(channel.lane(this.lanes.size()));
	}

	int wantedChannels() {
		return this.lanes.stream().mapToInt((lane) -> lane.subscriptions().wanted()).sum();
	}

	int confirmedChannels() {
		return this.lanes.stream().mapToInt((lane) -> lane.subscriptions().confirmed()).sum();
	}

	/**
	 * Connects, and waits until it is known whether that can be done. The node starts
	 * either way.
	 */
	@Override
	public void start() {
		this.running = true;
		this.control.execute(() -> this.lanes.forEach(BusLane::begin));
		this.control.scheduleWithFixedDelay(this::tick, TICK, TICK, TimeUnit.MILLISECONDS);
		try {
			if (!this.tried.await(START_PATIENCE, TimeUnit.SECONDS)) {
				logger.warn("Redis takes long to answer. Live messages stay on this node until it does.");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void tick() {
		for (int i = 0; i < this.lanes.size(); i++) {
			BusLane lane = this.lanes.get(i);
			lane.tick();
			Long overflowedAt = lane.input().takeOverflow();
			if (overflowedAt != null) {
				this.gaps.cut(i, overflowedAt);
			}
		}
		this.gaps.tellIfDue(isUp());
	}

	private boolean isUp() {
		return this.lanes.stream().allMatch(BusLane::isUp);
	}

	/** Before the web server, and after the last connection has gone. */
	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public void stop() {
		this.running = false;
		CountDownLatch closed = new CountDownLatch(1);
		this.control.execute(() -> {
			this.lanes.forEach(BusLane::close);
			closed.countDown();
		});
		try {
			closed.await(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.control.shutdownNow();
		this.gaps.close();
		this.endpoint.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public List<Worker> workers() {
		return this.lanes.stream().flatMap((lane) -> Stream.of(lane.output().worker(), lane.input().worker())).toList();
	}

	/** Who takes what arrives. */
	private final class Hearers implements LaneInput.Receivers {

		@Override
		public @Nullable Receiver of(EntryKind kind) {
			return RedisBus.this.receivers.get(kind);
		}

		@Override
		public void together(Runnable work) {
			RedisBus.this.listener.together(work);
		}

	}

	/** Hears how a lane does. */
	private final class Watch implements BusLane.Owner {

		private final int number;

		private Watch(int number) {
			this.number = number;
		}

		@Override
		public void up(@Nullable Long downSince) {
			if (downSince != null) {
				RedisBus.this.gaps.cut(this.number, downSince);
			}
			boolean all = isUp();
			if (all) {
				RedisBus.this.state.up();
			}
			RedisBus.this.gaps.tellIfDue(all);
			RedisBus.this.tried.countDown();
		}

		@Override
		public void down(String why, @Nullable Throwable failure) {
			RedisBus.this.state.down(why, failure);
			RedisBus.this.tried.countDown();
		}

	}

}
