package dev.usher.bus.redis;

/**
 * Why a frame was dropped. The word is a label of the metric, the sentence is for the
 * log.
 */
enum FrameFault {

	/** Of another version, or no frame at all. */
	FOREIGN("Something on the bus is no frame of this release."),

	/** Another number of lanes. */
	LANES("A node on the bus has another usher.cluster.lanes. All nodes need the same."),

	/** The seal does not fit. */
	SEAL("A frame on the bus has a wrong signature: a node with another usher.token.key, or somebody else publishes on "
			+ "its channels."),

	/** Seen before. */
	REPLAY("A frame came again on the bus, or out of its order: somebody repeats what nodes have said."),

	/** Sent long ago, or in the future. */
	STALE("A frame on the bus was sent more than a minute ago or in the future: the clock of a node is wrong, or "
			+ "somebody repeats what nodes have said."),

	/** Its entries cannot be read. */
	MALFORMED("A frame on the bus cannot be read.");

	private final String sentence;

	FrameFault(String sentence) {
		this.sentence = sentence;
	}

	String sentence() {
		return this.sentence;
	}

	String word() {
		return name().toLowerCase(java.util.Locale.ROOT);
	}

}
