package dev.usher.socket;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Counts the frames of one connection that are still taking effect, on a disk perhaps, so
 * that its DISCONNECT can wait for them: a client that hears the RECEIPT of that knows
 * that all it sent before was taken (STOMP 1.2, section "DISCONNECT"). Any thread may
 * call.
 */
final class PendingEffects {

	private static final long NOT_YET = -1;

	private int count;

	/** Of methods of extensions that have not ended; most connections have none. */
	private @Nullable Set<CompletableFuture<Effect>> methods;

	/** When the wheel first saw that DISCONNECT was said. Used by its thread. */
	private long leavingSince = NOT_YET;

	private @Nullable Runnable last;

	/** Most connections have none. */
	private @Nullable LateReceipts receipts;

	private volatile boolean leaving;

	private boolean gone;

	/** A frame will take its time. */
	synchronized void began() {
		this.count++;
	}

	/** It has taken effect, or failed. */
	void ended() {
		Runnable due = null;
		synchronized (this) {
			if (--this.count == 0) {
				due = this.last;
				this.last = null;
			}
		}
		if (due != null) {
			due.run();
		}
	}

	/** A method of an extension is called for a frame. */
	synchronized CompletableFuture<Effect> methodBegan() {
		Set<CompletableFuture<Effect>> all = this.methods;
		if (all == null) {
			all = Collections.newSetFromMap(new IdentityHashMap<>(4));
			this.methods = all;
		}
		CompletableFuture<Effect> effect = new CompletableFuture<>();
		all.add(effect);
		return effect;
	}

	/** It has ended, unless nobody waits for it any more. */
	void methodEnded(CompletableFuture<Effect> effect, Effect outcome) {
		synchronized (this) {
			if (this.methods != null) {
				this.methods.remove(effect);
			}
		}
		effect.complete(outcome);
	}

	/**
	 * Looks whether DISCONNECT has waited long enough for methods: they, and futures they
	 * returned, may take for ever. Those that have not ended then count as failed. What
	 * is on its way to a disk is waited for.
	 * @param now milliseconds of the wheel
	 * @param patience in milliseconds
	 */
	void look(long now, long patience) {
		if (!this.leaving) {
			return;
		}
		if (this.leavingSince == NOT_YET) {
			this.leavingSince = now;
		}
		if (now - this.leavingSince < patience) {
			return;
		}
		List<CompletableFuture<Effect>> left;
		synchronized (this) {
			left = (this.methods != null) ? List.copyOf(this.methods) : List.of();
			this.methods = null;
		}
		left.forEach((effect) -> effect.complete(Effect.WITHHELD));
	}

	/** Runs something once none is left, now if that is so already. */
	void afterAll(Runnable leave) {
		this.leaving = true;
		synchronized (this) {
			if (this.count > 0) {
				this.last = leave;
				return;
			}
		}
		leave.run();
	}

	/** What waits for the database. */
	synchronized LateReceipts receipts(Outlet outlet) {
		LateReceipts late = this.receipts;
		if (late == null) {
			late = new LateReceipts(this, (this.gone) ? null : outlet);
			this.receipts = late;
		}
		return late;
	}

	/**
	 * The connection is gone. What has not ended may still do so, and keeps nothing of
	 * it.
	 */
	void close() {
		LateReceipts late;
		synchronized (this) {
			this.last = null;
			this.gone = true;
			late = this.receipts;
		}
		if (late != null) {
			late.close();
		}
	}

	/** Whether DISCONNECT was said: no frame after it counts. */
	boolean leaving() {
		return this.leaving;
	}

}
