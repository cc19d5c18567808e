package dev.usher.bus;

import java.util.Locale;

/** How far something went. A part of the protocol: clients read {@link #word()}. */
public enum Reach {

	/** Connections of this node alone. */
	NODE,

	/** The engine has it, and with it every node that is connected to it. */
	CLUSTER;

	private final String word = name().toLowerCase(Locale.ROOT);

	/** As clients read it. */
	public String word() {
		return this.word;
	}

}
