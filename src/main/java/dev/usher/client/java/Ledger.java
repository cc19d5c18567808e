package dev.usher.client.java;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Which stored messages were handled, and which of them the gateway knows to be. One ACK
 * covers all before it, so they are said in the order in which messages came.
 */
final class Ledger {

	/** How many handled messages one ACK covers at most. */
	private static final int BATCH = 32;

	private static final int KEPT = 1000;

	/** Whether the reader is of the connection, so that its place is known here alone. */
	private final boolean own;

	/** Handled, but no ACK is confirmed: what comes again is not handled again. */
	private final Set<LogPosition> handled = new LinkedHashSet<>();

	/**
	 * Handled, of the connection of now and in the order it gave them: an ACK covers no
	 * other.
	 */
	private final Set<LogPosition> given = new LinkedHashSet<>();

	private @Nullable LogPosition position;

	private @Nullable StompLink link;

	/** The last that was handled and not acknowledged. */
	private @Nullable ReceivedMessage last;

	private int waiting;

	Ledger(boolean own) {
		this.own = own;
	}

	synchronized @Nullable LogPosition position() {
		return this.position;
	}

	/** Begins on a connection; answers from where on to read. */
	synchronized Map<String, String> start(StompLink current) {
		this.link = current;
		this.waiting = 0;
		this.given.clear();
		LogPosition place = this.position;
		return (this.own && place != null) ? Map.of("offset", String.valueOf(place.offset()), "epoch", place.epoch())
				: Map.of();
	}

	/** What was before is gone. */
	synchronized void moved(LogPosition to) {
		this.position = to;
	}

	/** Whether it was, so that only its ACK was lost. */
	synchronized boolean isHandled(ReceivedMessage message) {
		LogPosition place = message.position();
		if (this.own && place != null && place.isAfter(this.position)) {
			this.position = place;
		}
		return place != null && this.handled.contains(place);
	}

	synchronized void settle(ReceivedMessage message, StompLink from, boolean success) {
		LogPosition place = message.position();
		if (place != null && success) {
			this.position = place.isAfter(this.position) ? place : this.position;
			this.handled.add(place);
			if (this.handled.size() > KEPT) {
				// Some never come again after an outage: another consumer has them.
				this.handled.remove(this.handled.iterator().next());
			}
		}
		if (place == null || from != this.link) {
			return;
		}
		if (success) {
			this.given.remove(place);
			this.given.add(place);
			this.last = message;
			this.waiting++;
		}
		if (!success || this.waiting >= BATCH) {
			acknowledge();
		}
		if (!success) {
			from.send("NACK", Map.of("id", message.headers().getOrDefault("ack", "")));
		}
	}

	synchronized void acknowledge() {
		if (this.waiting > 0 && this.link != null && this.last != null) {
			this.waiting = 0;
			this.link.send("ACK", Map.of("id", this.last.headers().getOrDefault("ack", ""), "receipt",
					"ack " + this.last.position()));
		}
	}

	/** The RECEIPT of an ACK, which covers what its connection gave before it too. */
	synchronized void confirmed(String receipt, StompLink from) {
		boolean covered = from == this.link && this.given.stream().anyMatch((place) -> isOf(receipt, place));
		while (covered) {
			LogPosition first = this.given.iterator().next();
			this.given.remove(first);
			this.handled.remove(first);
			covered = !isOf(receipt, first);
		}
	}

	private static boolean isOf(String receipt, LogPosition place) {
		return receipt.equals("ack " + place);
	}

}
