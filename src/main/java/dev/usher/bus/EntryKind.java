package dev.usher.bus;

import org.jspecify.annotations.Nullable;

/**
 * What an entry is. Its number is on the wire: a number is never used again for something
 * else, and a node leaves out entries whose number it does not know, so that a newer
 * release may send more kinds than an older one beside it reads.
 */
public enum EntryKind {

	/** Comes back to the node that sent it and shows that a lane works. */
	PROBE(0),

	/** A message to a live destination. */
	LIVE(1),

	/** A log of stored messages has grown. */
	HINT(2),

	/** Something was revoked. */
	REVOCATION(3),

	/** A node lives. */
	HEARTBEAT(4),

	/** A connection has to go. */
	KICK(5);

	private static final EntryKind[] BY_NUMBER = values();

	private final int number;

	EntryKind(int number) {
		this.number = number;
	}

	/** On the wire: one byte. */
	public int number() {
		return this.number;
	}

	/** The kind of a number, or null for one that a newer release made. */
	public static @Nullable EntryKind of(int number) {
		for (EntryKind kind : BY_NUMBER) {
			if (kind.number == number) {
				return kind;
			}
		}
		return null;
	}

}
