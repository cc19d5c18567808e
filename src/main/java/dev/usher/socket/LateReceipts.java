package dev.usher.socket;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Header;
import org.jspecify.annotations.Nullable;

/**
 * The RECEIPTs of one connection for what is on its way to the database and is never
 * refused there: acknowledgements, and readers that are forgotten. They leave in the
 * order of their frames, those of one commit in one write. Any thread may call.
 * <p>
 * The database may be away for long, so nothing of a frame is held but the id of its
 * receipt, which counts among what the connection {@linkplain Holdings holds}, and
 * nothing of a connection that is gone.
 */
final class LateReceipts {

	/** What one that waits costs, roughly, beside its id. */
	private static final int BYTES = 200;

	private final PendingEffects effects;

	/** In the order of their frames. */
	private final Deque<Late> waiting = new ArrayDeque<>();

	/** Null once the connection is gone. */
	private @Nullable Outlet outlet;

	LateReceipts(PendingEffects effects, @Nullable Outlet outlet) {
		this.effects = effects;
		this.outlet = outlet;
	}

	/**
	 * What a frame's handler returns: the frame has taken effect, or its RECEIPT comes
	 * from here once it has.
	 */
	static CompletionStage<Effect> of(StompConnection connection, ClientFrame frame, CompletionStage<Void> kept) {
		if (kept.toCompletableFuture().isDone()) {
			return FrameHandler.DONE;
		}
		connection.pendingEffects().receipts(connection.outlet()).await(kept, frame.header("receipt"));
		return FrameHandler.LATER;
	}

	private void await(CompletionStage<Void> kept, @Nullable String receipt) {
		Late late = new Late(receipt);
		synchronized (this) {
			if (this.outlet == null) {
				return;
			}
			this.waiting.add(late);
			this.outlet.holdings().add(late.bytes());
		}
		this.effects.began();
		kept.whenComplete((none, failure) -> kept(late));
	}

	/**
	 * Stages tell the last frame first, so the others are only marked. Two threads may be
	 * here: what is due is queued under the lock, and written when it is let go.
	 */
	private void kept(Late late) {
		Outlet to;
		int due = 0;
		synchronized (this) {
			late.kept = true;
			to = this.outlet;
			while (to != null && !this.waiting.isEmpty() && this.waiting.peek().kept) {
				queue(to, this.waiting.remove());
				due++;
			}
		}
		if (to != null && due > 0) {
			to.flushSoon();
		}
		for (int i = 0; i < due; i++) {
			this.effects.ended();
		}
	}

	private static void queue(Outlet to, Late late) {
		to.holdings().add(-late.bytes());
		if (late.receipt != null) {
			to.offer("RECEIPT", List.of(new Header("receipt-id", late.receipt)));
		}
	}

	/** The connection is gone. */
	synchronized void close() {
		this.outlet = null;
		this.waiting.clear();
	}

	private static final class Late {

		private final @Nullable String receipt;

		private boolean kept;

		private Late(@Nullable String receipt) {
			this.receipt = receipt;
		}

		private long bytes() {
			return BYTES + ((this.receipt != null) ? 2L * this.receipt.length() : 0);
		}

	}

}
