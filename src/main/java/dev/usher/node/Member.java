package dev.usher.node;

import java.util.Objects;

import dev.usher.bus.BusProperties;
import dev.usher.bus.Incarnation;
import org.jspecify.annotations.Nullable;

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
 * @param draining whether it drains, by what it says
 */
public record Member(String id, String name, String version, int lanes, long leaseUntil, boolean draining) {

	static final int NO_LANES = 0;

	/** Of the release before, which has no bus. */
	static final int EARLIER = -1;

	/** This node, which has no lease yet. */
	static Member starting(Incarnation incarnation, @Nullable String name, BusProperties bus) {
		String id = incarnation.text();
		String version = Member.class.getPackage().getImplementationVersion();
		return new Member(id, Objects.requireNonNullElse(name, id), Objects.requireNonNullElse(version, "unknown"),
				(bus.bus() == BusProperties.Engine.NONE) ? NO_LANES : bus.lanes(), 0, false);
	}

	boolean isEarlier() {
		return this.lanes == EARLIER;
	}

}
