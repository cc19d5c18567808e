package dev.usher.bus.redis;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

import dev.usher.bus.BusChannel;
import dev.usher.bus.BusProperties;
import dev.usher.bus.BusProperties.Engine;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Gap;
import dev.usher.bus.Incarnation;
import dev.usher.bus.Reach;
import dev.usher.testing.Await;
import io.lettuce.core.RedisURI;

import org.springframework.util.unit.DataSize;

/** A bus as a node has it, without the node. Remembers what arrives. */
final class BusNode implements AutoCloseable {

	static final byte[] KEY = new byte[32];

	final BusTally tally = new BusTally();

	final BusState state = new BusState(new RedisFault("the test's", "&usher:*"));

	final List<String> arrived = new CopyOnWriteArrayList<>();

	final List<Gap> gaps = new CopyOnWriteArrayList<>();

	final Incarnation incarnation = new Incarnation(ThreadLocalRandom.current().nextLong());

	final RedisBus bus;

	BusNode(int port) {
		this(RedisURI.create("127.0.0.1", port), KEY, 4, 16);
	}

	BusNode(RedisURI uri, byte[] key, int lanes, int megabytes) {
		uri.setTimeout(Duration.ofSeconds(3));
		RedisEndpoint endpoint = new RedisEndpoint(uri, Duration.ofSeconds(3), null);
		this.bus = new RedisBus(new RedisBus.Parts(endpoint, this.state, this.tally, key, System::currentTimeMillis),
				new BusProperties(Engine.REDIS, "usher", lanes, DataSize.ofMegabytes(megabytes)), this.incarnation);
		this.bus.receive(EntryKind.HINT,
				(channel, origin, entry) -> this.arrived.add(channel.name() + "=" + new String(entry)));
		this.bus.onGap(this.gaps::add);
		this.bus.start();
	}

	/** Wants a channel and waits until the engine knows. */
	BusNode wanting(BusChannel channel) {
		this.bus.want(channel);
		Await.within(20, () -> this.bus.confirmed(channel).join() == Reach.CLUSTER);
		return this;
	}

	void hint(BusChannel channel, String text) {
		this.bus.send(channel, EntryKind.HINT, text.getBytes());
	}

	long dropped() {
		long sum = 0;
		for (FrameFault fault : FrameFault.values()) {
			sum += this.tally.dropped(fault);
		}
		return sum;
	}

	boolean isWell() {
		return this.state.problem() == null;
	}

	boolean hasAll() {
		return isWell() && this.bus.wantedChannels() == this.bus.confirmedChannels();
	}

	@Override
	public void close() {
		this.bus.stop();
	}

	/** A frame as a node of the same key would publish it. */
	static byte[] sealed(byte[] channel, BusFrame frame, Outgoing entry) {
		ByteWriter bytes = new ByteWriter(200).all(channel);
		frame.write(List.of(entry), bytes);
		int length = bytes.length() - channel.length;
		new FrameSeal(KEY).seal(bytes.array(), 0, channel.length, channel.length, length);
		return Arrays.copyOfRange(bytes.array(), channel.length, bytes.length());
	}

}
