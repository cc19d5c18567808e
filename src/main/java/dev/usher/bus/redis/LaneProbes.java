package dev.usher.bus.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.usher.bus.BusChannel;
import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one lane: they go out on its one connection and come back on the other.
 * Read on the thread of the connection alone.
 */
final class LaneProbes {

	private final BusChannel channel;

	private final byte[] name;

	private final FrameSeal seal;

	private final BusTally tally;

	private @Nullable Long sentAt;

	/**
	 * @param prefix of the names of channels
	 * @param channel which no other lane has
	 * @param seal for the thread of the connection that subscribes
	 */
	LaneProbes(String prefix, BusChannel channel, FrameSeal seal, BusTally tally) {
		this.channel = channel;
		this.name = (prefix + channel.name()).getBytes(StandardCharsets.UTF_8);
		this.seal = seal;
		this.tally = tally;
	}

	/** The name of the channel, as the engine has it. */
	byte[] name() {
		return this.name;
	}

	boolean comeOn(byte[] channel) {
		return Arrays.equals(channel, this.name);
	}

	void send(LaneOutput output, long now) {
		output.send(this.channel, EntryKind.PROBE, new ByteWriter(Long.BYTES).fixed(now).toBytes());
	}

	/**
	 * Takes one that is back.
	 * @return when it was sent, or null where it is none
	 */
	@Nullable Long read(byte[] frame) {
		if (!BusFrame.isReadable(frame) || !this.seal.fits(this.name, frame)) {
			this.tally.drop(FrameFault.SEAL);
			return null;
		}
		this.sentAt = null;
		BusFrame.read(frame, (kind, entry) -> {
			if (kind == EntryKind.PROBE.number()) {
				this.sentAt = new ByteReader(entry).fixed();
			}
		});
		return this.sentAt;
	}

}
