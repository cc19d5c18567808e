package dev.usher.node;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A node as it is shown. What is not known is left out.
 *
 * @param id its incarnation, new at each start
 * @param name its name, absent of one that is heard but is not in the database
 * @param version its release, absent of the one before there were clusters
 * @param current whether it is the one that answers
 * @param alive whether its lease is not over
 * @param startedAt when it started
 * @param leaseUntil until when it lives unless it renews
 * @param ready whether a load balancer may send clients there
 * @param draining whether it was asked to drain, or does
 * @param blind whether it cannot hear what other nodes end while they can
 * @param clockSkew by how many seconds its clock is ahead of the database's
 * @param connections how many sockets are open there
 * @param bus how its bus does, by what it says: {@code none}, {@code up}, {@code down}
 * @param reportedAt when it said so
 * @param heard what the bus hears of it, absent of the one that answers
 */
record NodeView(String id, @Nullable String name, @Nullable String version, boolean current, boolean alive,
		@Nullable Instant startedAt, @Nullable Instant leaseUntil, @Nullable Boolean ready, boolean draining,
		@Nullable Boolean blind, @Nullable Double clockSkew, @Nullable Integer connections, @Nullable String bus,
		@Nullable Instant reportedAt, @Nullable Heard heard) {

	private static final double MILLIS = 1000;

	/** A node that has a row. */
	static NodeView of(NodeReports.Row row, boolean current, @Nullable NodeReport report, @Nullable Heard heard) {
		Member member = row.member();
		boolean draining = row.askedToDrain() || (report != null && report.draining());
		return new NodeView(member.id(), member.name(), (member.isEarlier()) ? null : member.version(), current,
				row.alive(), instant(row.startedAt()), (member.leaseUntil() > 0) ? instant(member.leaseUntil()) : null,
				(report != null) ? report.ready() && !draining : null, draining,
				(report != null) ? report.blind() : null, (report != null) ? report.clockSkew() / MILLIS : null,
				(report != null) ? report.connections() : null, (report != null) ? report.bus() : null,
				instant(row.reportedAt()), heard);
	}

	/** A node that is heard and has no row here. */
	static NodeView unlisted(String id, String version, Heard heard) {
		return new NodeView(id, null, version, false, false, null, null, null, false, null, null, null, null, null,
				heard);
	}

	private static @Nullable Instant instant(@Nullable Long millis) {
		return (millis != null) ? Instant.ofEpochMilli(millis) : null;
	}

	/**
	 * What the bus hears of a node.
	 *
	 * @param at when it was heard last
	 * @param suspected whether that is 5 seconds ago or more
	 * @param missed how many of its heartbeats did not arrive
	 * @param changesLag how many seconds ago it last read what others have ended
	 */
	record Heard(Instant at, boolean suspected, long missed, double changesLag) {

		static Heard of(HeardBeat beat, Instant clock, long now) {
			return new Heard(clock.minus(beat.age(now)), !beat.isYoungerThan(Heartbeats.SUSPECTED, now), beat.missed(),
					beat.freshness().plus(beat.age(now)).toMillis() / MILLIS);
		}

	}

}
