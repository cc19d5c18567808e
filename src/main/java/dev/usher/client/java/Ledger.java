package dev.usher.client.java;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Which stored messages were handled, and what of it the gateway is told. One ACK covers
 * all before it, so they are said in the order in which messages came.
 */
final class Ledger {

	/** The pause between ACKs in milliseconds, unless so many messages were handled. */
	static final long PAUSE = 20;

	private static final int BATCH = 32;

	/** More than the gateway hands out unacknowledged. */
	private static final int KEPT = 1000;

	/** Whether the reader is of the connection, so that its place is known here alone. */
	private final boolean own;

	private final int batch;

	/**
	 * What became of those that came last: true for handled, which are not handled again,
	 * and false for refused.
	 */
	private final Map<LogPosition, Boolean> outcomes = new LinkedHashMap<>();

	private @Nullable LogPosition position;

	private @Nullable StompLink link;

	/** The last that was handled and not acknowledged. */
	private @Nullable ReceivedMessage last;

	private int waiting;

	private long saidAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PAUSE);

	/**
	 * @param inFlight how many the gateway hands out unacknowledged; half of them must
	 * not wait for an ACK
	 */
	Ledger(boolean own, int inFlight) {
		this.own = own;
		this.batch = Math.max(1, Math.min(BATCH, inFlight / 2));
	}

	synchronized @Nullable LogPosition position() {
		return this.position;
	}

	/**
	 * Begins on a connection; answers from where on to read: what was refused comes
	 * again, and what was handled behind it is known.
	 */
	synchronized Map<String, String> start(StompLink current) {
		this.link = current;
		this.waiting = 0;
		LogPosition place = this.position;
		if (!this.own || place == null) {
			return Map.of();
		}
		long offset = place.offset();
		for (Map.Entry<LogPosition, Boolean> each : this.outcomes.entrySet()) {
			boolean refused = !each.getValue() && each.getKey().epoch().equals(place.epoch());
			offset = refused ? Math.min(offset, each.getKey().offset() - 1) : offset;
		}
		return Map.of("offset", String.valueOf(offset), "epoch", place.epoch());
	}

	/** What was before is gone. */
	synchronized void moved(LogPosition to) {
		this.position = to;
		this.outcomes.keySet().removeIf((place) -> !place.isAfter(to));
	}

	/** Whether it was, so that only its ACK was lost. */
	synchronized boolean isHandled(ReceivedMessage message) {
		return message.position() != null && this.outcomes.getOrDefault(message.position(), false);
	}

	synchronized void settle(ReceivedMessage message, boolean success) {
		LogPosition place = message.position();
		if (place == null || this.link == null) {
			return;
		}
		this.outcomes.put(place, success);
		if (this.outcomes.size() > KEPT) {
			this.outcomes.remove(this.outcomes.keySet().iterator().next());
		}
		if (success) {
			this.position = place.isAfter(this.position) ? place : this.position;
			this.last = message;
			this.waiting++;
		}
		long pause = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.saidAt);
		if (!success || this.waiting >= this.batch || pause >= PAUSE) {
			acknowledge();
		}
		if (!success) {
			this.link.send("NACK", Map.of("id", message.headers().getOrDefault("ack", "")));
		}
	}

	synchronized void acknowledge() {
		if (this.waiting > 0 && this.link != null && this.last != null) {
			this.waiting = 0;
			this.saidAt = System.nanoTime();
			this.link.send("ACK", Map.of("id", this.last.headers().getOrDefault("ack", ""), "receipt",
					"ack " + this.last.position()));
		}
	}

}
