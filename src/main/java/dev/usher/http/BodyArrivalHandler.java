package dev.usher.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Reason;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;

/**
 * Lets a request go on to the servlets when its body is there. A servlet reads on a
 * thread of its own, and the threads that read requests also read the sockets: a few
 * hundred bodies that come byte by byte would stop everybody. So bodies are gathered here
 * as they come, on nobody's time.
 * <p>
 * What is gathered is copied, because a chunk of one byte holds on to a whole buffer of
 * the network. Bodies larger than {@code usher.http.max-body}, which only publishers may
 * send, go on when so much of them is there; there are few of these at once, so that they
 * leave threads to the others. Any thread may call.
 */
final class BodyArrivalHandler extends Handler.Wrapper {

	/** Of all requests together; 512 of the largest. */
	private static final long MAX_GATHERED = 32 * 1024 * 1024;

	/** A quarter of Jetty's threads. */
	private static final int MAX_LARGE = 50;

	private static final String RETRY_SECONDS = "5";

	private final AtomicLong gathered = new AtomicLong();

	private final Semaphore large = new Semaphore(MAX_LARGE);

	private final long limit;

	private final byte[] overloaded;

	/**
	 * Goes in front of the servlets.
	 * @param next the servlets
	 * @param limit up to how many bytes a body is gathered
	 * @param overloaded what is answered where there is no room, a problem document
	 */
	BodyArrivalHandler(Handler next, long limit, byte[] overloaded) {
		super(next);
		this.limit = limit;
		this.overloaded = overloaded;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		HttpFields headers = request.getHeaders();
		// RFC 9112, section 6.3: without either there is no body.
		if (!headers.contains(HttpHeader.CONTENT_LENGTH) && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
			return super.handle(request, response, callback);
		}
		Arrival arrival = new Arrival(request, response, callback);
		if (request.getLength() > this.limit) {
			arrival.goOn(false);
		}
		else {
			arrival.run();
		}
		return true;
	}

	private void pass(Request request, Response response, Callback callback) {
		try {
			if (!super.handle(request, response, callback)) {
				Response.writeError(request, response, callback, 404);
			}
		}
		catch (Exception ex) {
			Response.writeError(request, response, callback, ex);
		}
	}

	private void refuse(Response response, Callback callback) {
		response.setStatus(Reason.OVERLOADED.httpStatus());
		response.getHeaders()
			.put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
			.put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
		response.write(true, ByteBuffer.wrap(this.overloaded), callback);
	}

	/** One body on its way. Its chunks come one after the other. */
	private final class Arrival implements Runnable {

		private final Request request;

		private final Response response;

		private final Callback callback;

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		Arrival(Request request, Response response, Callback callback) {
			this.request = request;
			this.response = response;
			this.callback = Callback.from(callback,
					() -> BodyArrivalHandler.this.gathered.addAndGet(-this.body.size()));
		}

		/** Takes what is there. Called again when there is more. */
		@Override
		public void run() {
			while (true) {
				Content.Chunk chunk = this.request.read();
				if (chunk == null) {
					this.request.demand(this);
					return;
				}
				if (Content.Chunk.isFailure(chunk)) {
					// It was cut, or went away; of a kind that the log has no line of.
					this.callback.failed(new EofException(chunk.getFailure()));
					return;
				}
				boolean last = chunk.isLast();
				take(chunk);
				if (last || this.body.size() > BodyArrivalHandler.this.limit) {
					goOn(last);
					return;
				}
				if (BodyArrivalHandler.this.gathered.get() > MAX_GATHERED) {
					refuse(this.response, this.callback);
					return;
				}
			}
		}

		private void take(Content.Chunk chunk) {
			byte[] bytes = BufferUtil.toArray(chunk.getByteBuffer());
			chunk.release();
			this.body.writeBytes(bytes);
			BodyArrivalHandler.this.gathered.addAndGet(bytes.length);
		}

		/** On to the servlets, which read the rest of a body that is not whole. */
		void goOn(boolean whole) {
			Request arrived = new ArrivedRequest(this.request, this.body.toByteArray(), whole);
			Semaphore large = BodyArrivalHandler.this.large;
			if (whole) {
				pass(arrived, this.response, this.callback);
			}
			else if (large.tryAcquire()) {
				pass(arrived, this.response, Callback.from(this.callback, () -> large.release()));
			}
			else {
				refuse(this.response, this.callback);
			}
		}

	}

	/** A request whose body begins with what has arrived. */
	private static final class ArrivedRequest extends Request.Wrapper {

		private final boolean whole;

		private byte @Nullable [] arrived;

		ArrivedRequest(Request request, byte[] arrived, boolean whole) {
			super(request);
			this.arrived = arrived;
			this.whole = whole;
		}

		@Override
		public Content.@Nullable Chunk read() {
			byte[] first = this.arrived;
			this.arrived = null;
			if (first != null && (this.whole || first.length > 0)) {
				return Content.Chunk.from(ByteBuffer.wrap(first), this.whole);
			}
			return this.whole ? Content.Chunk.EOF : super.read();
		}

		@Override
		public void demand(Runnable more) {
			if (this.arrived != null || this.whole) {
				getContext().execute(more);
			}
			else {
				super.demand(more);
			}
		}

		@Override
		public boolean consumeAvailable() {
			this.arrived = null;
			return this.whole || super.consumeAvailable();
		}

	}

}
