package dev.usher.jetty;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

import dev.usher.jetty.AddressShares.Hold;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/**
 * Frees the threads of servlets from clients that do not read. A servlet writes on a
 * thread of its own and waits there until the client has taken it; a few hundred clients
 * that take nothing hold all threads of the server. So what a servlet writes is copied
 * and goes out as the client takes it, on nobody's time; {@link AddressShares} bounds
 * what waits.
 */
final class DetachedAnswerHandler extends Handler.Wrapper {

	private final Holders holders;

	private final AddressShares held;

	/**
	 * Goes in front of the servlets.
	 * @param next the servlets
	 * @param holders whose what waits is
	 * @param held what may wait
	 */
	public DetachedAnswerHandler(@Nullable Handler next, Holders holders, AddressShares held) {
		super(next);
		this.holders = holders;
		this.held = held;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		Answer answer = new Answer(request, response);
		return super.handle(request, answer,
				Callback.from(() -> answer.complete(callback), (failure) -> answer.fail(callback, failure)));
	}

	private record Piece(boolean last, ByteBuffer bytes) {

	}

	private final class Answer extends Response.Wrapper {

		/** Guarded by itself, as all below. */
		private final Queue<Piece> pieces = new ArrayDeque<>();

		private final Out out = new Out();

		private @Nullable Throwable failure;

		private @Nullable Callback completion;

		private @Nullable Hold hold;

		private boolean ended;

		private Answer(Request request, Response wrapped) {
			super(request, wrapped);
		}

		@Override
		public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
			ByteBuffer copy = ByteBuffer
				.wrap(BufferUtil.toArray((content != null) ? content : BufferUtil.EMPTY_BUFFER));
			Throwable failed;
			synchronized (this.pieces) {
				failed = this.failure;
				if (failed == null) {
					this.ended |= last;
					this.pieces.add(new Piece(last, copy));
				}
			}
			if (failed != null) {
				callback.failed(failed);
				return;
			}
			if (content != null) {
				content.position(content.limit());
			}
			int size = copy.remaining();
			this.out.iterate();
			if (this.out.isWaiting()) {
				hold(size);
			}
			callback.succeeded();
		}

		@Override
		public boolean hasLastWrite() {
			synchronized (this.pieces) {
				return this.ended || super.hasLastWrite();
			}
		}

		/** A part of it may be gone already: it counts until the answer is through. */
		private void hold(int bytes) {
			Hold current;
			synchronized (this.pieces) {
				if (this.failure != null) {
					return;
				}
				if (this.hold == null) {
					Request request = getRequest();
					this.hold = DetachedAnswerHandler.this.held.hold(DetachedAnswerHandler.this.holders.of(request),
							() -> GuardedConnector.cut(request));
				}
				current = this.hold;
			}
			current.add(bytes);
			if (!this.out.isWaiting()) {
				current.subtract(bytes);
			}
		}

		private void release() {
			synchronized (this.pieces) {
				if (this.hold != null) {
					this.hold.release();
				}
			}
		}

		/** The servlet is done; the request is, when all has been written. */
		private void complete(Callback callback) {
			Throwable failed;
			synchronized (this.pieces) {
				failed = this.failure;
				this.completion = callback;
			}
			if (failed != null) {
				callback.failed(failed);
			}
			else {
				this.out.iterate();
			}
		}

		private void fail(Callback callback, Throwable cause) {
			synchronized (this.pieces) {
				this.pieces.clear();
			}
			release();
			callback.failed(cause);
		}

		private void writeNow(Piece piece, Callback callback) {
			super.write(piece.last(), piece.bytes(), callback);
		}

		/** Writes one piece after the other. */
		private final class Out extends IteratingCallback {

			private volatile boolean waiting;

			private boolean isWaiting() {
				return this.waiting;
			}

			@Override
			protected Action process() {
				Piece piece;
				boolean complete;
				synchronized (Answer.this.pieces) {
					piece = Answer.this.pieces.poll();
					complete = Answer.this.completion != null;
				}
				if (piece == null) {
					this.waiting = false;
					return (complete) ? Action.SUCCEEDED : Action.IDLE;
				}
				this.waiting = true;
				writeNow(piece, this);
				return Action.SCHEDULED;
			}

			@Override
			protected void onCompleteSuccess() {
				release();
				Callback callback = Answer.this.completion;
				if (callback != null) {
					callback.succeeded();
				}
			}

			@Override
			protected void onCompleteFailure(Throwable cause) {
				Callback callback;
				synchronized (Answer.this.pieces) {
					Answer.this.failure = cause;
					Answer.this.pieces.clear();
					callback = Answer.this.completion;
				}
				release();
				if (callback != null) {
					callback.failed(cause);
				}
			}

		}

	}

}
