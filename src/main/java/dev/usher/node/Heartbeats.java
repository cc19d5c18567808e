package dev.usher.node;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Incarnation;
import dev.usher.cluster.ChangeFeed;
import dev.usher.cluster.PeerFreshness;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Tells the other nodes by the bus each second that this one lives and how fresh what it
 * knows of their ends is, and hears the same of them. Any thread may ask.
 */
@Component
public final class Heartbeats implements PeerFreshness, SmartLifecycle {

	/** After so long without a word a node is suspected not to be heard any more. */
	static final Duration SUSPECTED = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(Heartbeats.class);

	private static final Duration PERIOD = Duration.ofSeconds(1);

	/** While hints are relied on, two beats in a row must not be missing. */
	private static final Duration HEARD = Duration.ofMillis(2_500);

	private static final int ALIVE = 0;

	private static final int GOODBYE = 1;

	private final Bus bus;

	private final NodeLease node;

	private final ChangeFeed feed;

	private final ScheduledThread thread = new ScheduledThread("usher-heartbeat",
			new FailureLog(logger, "The other nodes could not be told that this one lives"));

	/** By the name of their incarnation, as in the table of nodes. */
	private final Map<String, HeardBeat> peers = new ConcurrentHashMap<>();

	/** How often another node has said that hints of it could not be sent. */
	private final AtomicLong unsent = new AtomicLong();

	/** Used by the thread alone. */
	private long sequence;

	private volatile boolean running;

	Heartbeats(Bus bus, NodeLease node, ChangeFeed feed) {
		this.bus = bus;
		this.node = node;
		this.feed = feed;
		bus.receive(EntryKind.HEARTBEAT, this::onEntry);
	}

	@Override
	public boolean hasPeers() {
		return !this.peers.isEmpty();
	}

	@Override
	public @Nullable Duration freshest() {
		long now = System.nanoTime();
		return this.peers.values()
			.stream()
			.filter((beat) -> beat.isYoungerThan(SUSPECTED, now))
			.map((beat) -> beat.freshness().plus(beat.age(now)))
			.min(Duration::compareTo)
			.orElse(null);
	}

	/** Whether all other nodes that live by the database are heard. */
	public boolean hearAll() {
		long now = System.nanoTime();
		return this.node.living().stream().map(Member::id).filter((id) -> !id.equals(this.node.id())).allMatch((id) -> {
			HeardBeat beat = this.peers.get(id);
			return beat != null && beat.isYoungerThan(HEARD, now);
		});
	}

	/**
	 * Grows when another node says that it could not send hints, which nobody else can
	 * know. A node of an earlier release never says so.
	 */
	public long unsent() {
		return this.unsent.get();
	}

	/** What was heard last of each node that is or was lately heard, by its id. */
	Map<String, HeardBeat> heard() {
		return Map.copyOf(this.peers);
	}

	private void onEntry(BusChannel channel, long origin, byte[] entry) {
		ByteReader reader = new ByteReader(entry);
		String id = new Incarnation(origin).text();
		int what = reader.raw();
		HeardBeat beat = HeardBeat.read(reader, System.nanoTime());
		if (what == GOODBYE) {
			this.peers.remove(id);
		}
		else if (what == ALIVE) {
			this.peers.compute(id, (same, before) -> heard(beat, before));
		}
	}

	private HeardBeat heard(HeardBeat beat, @Nullable HeardBeat before) {
		if (beat.tellsOfUnsent(before)) {
			this.unsent.incrementAndGet();
		}
		return beat.after(before);
	}

	private void beat() {
		send(ALIVE);
		forgetDead();
	}

	/** One that was killed says no goodbye; who took its lease over removed its row. */
	private void forgetDead() {
		long now = System.nanoTime();
		Set<String> living = this.node.living().stream().map(Member::id).collect(Collectors.toSet());
		this.peers.entrySet()
			.removeIf((peer) -> !living.contains(peer.getKey()) && !peer.getValue().isYoungerThan(SUSPECTED, now));
	}

	private void send(int what) {
		byte[] entry = new ByteWriter(64).raw(what)
			.number(++this.sequence)
			.number(this.feed.age().toMillis())
			.text(this.node.version())
			.number(this.bus.unsent(EntryKind.HINT))
			.toBytes();
		this.bus.send(BusChannel.CONTROL, EntryKind.HEARTBEAT, entry);
	}

	@Override
	public void start() {
		this.running = true;
		if (this.bus.reachesOthers()) {
			this.bus.want(BusChannel.CONTROL);
			this.thread.scheduleWithFixedDelay(this::beat, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/** Says goodbye: the connections have gone, and the bus is there still. */
	@Override
	public void stop() {
		this.running = false;
		if (this.bus.reachesOthers()) {
			this.thread.execute(() -> send(GOODBYE));
		}
		this.thread.shutdown();
		try {
			this.thread.awaitTermination(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** After the bus has begun, and before it ends. */
	@Override
	public int getPhase() {
		return 1;
	}

}
