package dev.usher.bus.redis;

import java.util.concurrent.CompletableFuture;

import dev.usher.bus.EntryKind;
import dev.usher.bus.Reach;

/** An entry on its way out, and the answer to whoever sent it. */
final class Outgoing extends CompletableFuture<Reach> implements BusFrame.Sent {

	/** What an entry takes in memory beside its bytes and the name of its channel. */
	private static final int OVERHEAD = 200;

	private static final byte[] GONE = {};

	private final String channel;

	private final EntryKind kind;

	private final int size;

	private final long at;

	private byte[] entry;

	private volatile Reach reach = Reach.NODE;

	/**
	 * @param at when it was sent, as {@link System#nanoTime()}
	 */
	Outgoing(String channel, EntryKind kind, byte[] entry, long at) {
		this.channel = channel;
		this.kind = kind;
		this.entry = entry;
		this.size = OVERHEAD + channel.length() + entry.length;
		this.at = at;
	}

	String channel() {
		return this.channel;
	}

	@Override
	public int kind() {
		return this.kind.number();
	}

	boolean isProbe() {
		return this.kind == EntryKind.PROBE;
	}

	@Override
	public byte[] entry() {
		return this.entry;
	}

	int size() {
		return this.size;
	}

	long at() {
		return this.at;
	}

	/** It is in a frame; whoever waits for the answer need not hold its bytes. */
	void written() {
		this.entry = GONE;
	}

	/** Keeps the answer until a thread is there to say it. */
	void reach(Reach reach) {
		this.reach = reach;
	}

	void answer() {
		complete(this.reach);
	}

}
