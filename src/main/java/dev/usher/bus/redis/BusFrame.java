package dev.usher.bus.redis;

import java.util.List;

import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;

/**
 * What is published on one channel at once: a head, entries, and the seal. The head is
 * version, kind, lanes, lane (a byte each), then origin, sequence and time (eight bytes
 * each). An entry is the number of its kind and its bytes with their length before them.
 *
 * @param lanes how many the sender has
 * @param lane the one it was sent on
 * @param origin the incarnation that sent it
 * @param sequence counts the frames of that origin on that lane
 * @param time when it was sent, epoch milliseconds
 */
record BusFrame(int lanes, int lane, long origin, long sequence, long time) {

	/** The lowest version that all nodes read. */
	static final int VERSION = 1;

	/** Entries. The only kind yet. */
	private static final int ENTRIES = 1;

	private static final int ORIGIN_AT = 4;

	private static final int HEAD = ORIGIN_AT + 3 * Long.BYTES;

	private static final byte[] NO_SEAL = new byte[FrameSeal.LENGTH];

	/** Bytes of a frame without entries. */
	static final int LEAST = HEAD + FrameSeal.LENGTH;

	/** An entry on its way. */
	interface Sent {

		int kind();

		byte[] entry();

	}

	/** Takes the entries of a frame. */
	interface Entries {

		void onEntry(int kind, byte[] entry);

	}

	/** How many bytes a frame of these entries has, its seal included. */
	static int size(List<? extends Sent> entries) {
		int size = LEAST;
		for (Sent each : entries) {
			size += 1 + ByteWriter.lengthOf(each.entry().length) + each.entry().length;
		}
		return size;
	}

	/** Writes a frame whose seal is still to come. */
	void write(List<? extends Sent> entries, ByteWriter to) {
		to.raw(VERSION)
			.raw(ENTRIES)
			.raw(this.lanes)
			.raw(this.lane)
			.fixed(this.origin)
			.fixed(this.sequence)
			.fixed(this.time);
		for (Sent each : entries) {
			to.raw(each.kind()).bytes(each.entry());
		}
		to.all(NO_SEAL);
	}

	/** Whether the bytes can be a frame that this release reads. */
	static boolean isReadable(byte[] bytes) {
		return bytes.length >= LEAST && bytes[0] == VERSION && bytes[1] == ENTRIES;
	}

	/** Who sent it, or says so. */
	static long originOf(byte[] bytes) {
		return new ByteReader(bytes, ORIGIN_AT, bytes.length).fixed();
	}

	static BusFrame headOf(byte[] bytes) {
		ByteReader reader = new ByteReader(bytes, 2, HEAD);
		return new BusFrame(reader.raw(), reader.raw(), reader.fixed(), reader.fixed(), reader.fixed());
	}

	/**
	 * Reads the entries of a frame whose seal fits.
	 * @throws IllegalArgumentException if they are none
	 */
	static void read(byte[] bytes, Entries entries) {
		ByteReader reader = new ByteReader(bytes, HEAD, bytes.length - FrameSeal.LENGTH);
		while (reader.hasMore()) {
			entries.onEntry(reader.raw(), reader.bytes());
		}
	}

}
