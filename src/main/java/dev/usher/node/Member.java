package dev.usher.node;

/**
 * A node as the database has it.
 *
 * @param id its incarnation, which is new at each start; the name of a node of the
 * release before, which has none
 * @param name its name
 * @param version its release
 * @param lanes over how many lanes it is on the bus, {@link #NO_LANES} where it is on
 * none
 * @param leaseUntil until when it lives unless it renews, by the database's clock
 */
public record Member(String id, String name, String version, int lanes, long leaseUntil) {

	static final int NO_LANES = 0;

	/** Of the release before, which has no bus. */
	static final int EARLIER = -1;

	boolean isEarlier() {
		return this.lanes == EARLIER;
	}

}
