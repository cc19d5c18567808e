package dev.usher.jetty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import dev.usher.http.BodyOwners;
import dev.usher.jetty.AddressShares.Hold;
import dev.usher.jetty.BodyPlaces.Place;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request go on to the servlets when its body is there. A servlet reads on a
 * thread of its own, and the threads that read requests also read the sockets: a few
 * hundred bodies that come byte by byte would stop everybody. So bodies are gathered here
 * as they come, on nobody's time.
 * <p>
 * What is gathered is copied, because a chunk of one byte holds on to a whole buffer of
 * the network. Bodies larger than {@code usher.http.max-body}, which only publishers may
 * send, go on when so much of them is there; there are few of these at once, so that they
 * leave threads to the others, and who has a good bearer token shares theirs with nobody
 * who has none. Any thread may call.
 */
final class BodyArrivalHandler extends PassingHandler {

	/** A quarter of Jetty's threads. */
	private static final int MAX_LARGE = 50;

	/** For those without a good bearer token, most of whom are refused at once. */
	private static final int MAX_LARGE_OF_STRANGERS = 25;

	private final AddressShares gathered = AddressShares.ofHeap();

	private final BodyPlaces large;

	private final BodyPlaces largeOfStrangers;

	private final Holders holders;

	private final BodyOwners owners;

	private final Executor executor;

	private final long limit;

	/**
	 * Goes in front of the servlets.
	 * @param next the servlets
	 * @param limit up to how many bytes a body is gathered
	 * @param holders whose a body is, by its address
	 * @param owners whose a large body is, by its token
	 * @param server has threads and a timer
	 */
	BodyArrivalHandler(Handler next, long limit, Holders holders, BodyOwners owners, Server server) {
		super(next);
		this.holders = holders;
		this.owners = owners;
		this.limit = limit;
		this.executor = server.getThreadPool();
		this.large = places(MAX_LARGE, server);
		this.largeOfStrangers = places(MAX_LARGE_OF_STRANGERS, server);
	}

	private static BodyPlaces places(int most, Server server) {
		return new BodyPlaces(most, server.getThreadPool(), server.getScheduler(),
				() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
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

	/** One body on its way. Its chunks come one after the other. */
	private final class Arrival implements Runnable {

		private final Request request;

		private final Response response;

		private final Callback callback;

		private final ByteArrayOutputStream body = new ByteArrayOutputStream();

		private final Hold hold;

		private int held;

		Arrival(Request request, Response response, Callback callback) {
			this.request = request;
			this.response = response;
			this.hold = BodyArrivalHandler.this.gathered.hold(BodyArrivalHandler.this.holders.of(request),
					() -> GuardedConnector.cut(request));
			this.callback = Callback.from(callback, this.hold::release);
		}

		/** Takes what is there. Called again when there is more. */
		@Override
		public void run() {
			while (true) {
				Content.Chunk chunk = this.request.read();
				if (chunk == null) {
					this.hold.add(this.body.size() - this.held);
					this.held = this.body.size();
					this.request.demand(this);
					return;
				}
				if (Content.Chunk.isFailure(chunk)) {
					refuseBroken(chunk.getFailure());
					return;
				}
				boolean last = chunk.isLast();
				take(chunk);
				if (last || this.body.size() > BodyArrivalHandler.this.limit) {
					goOn(last);
					return;
				}
			}
		}

		/**
		 * It is no HTTP, which is answered, or it was cut or went away, which nobody can
		 * be told; neither is a line in the log.
		 */
		private void refuseBroken(Throwable failure) {
			if (failure instanceof HttpException) {
				Response.writeError(this.request, this.response, this.callback, HttpStatus.BAD_REQUEST_400);
			}
			else {
				this.callback.failed(new EofException(failure));
			}
		}

		private void take(Content.Chunk chunk) {
			byte[] bytes = BufferUtil.toArray(chunk.getByteBuffer());
			chunk.release();
			this.body.writeBytes(bytes);
		}

		/** On to the servlets, which read the rest of a body that is not whole. */
		void goOn(boolean whole) {
			if (whole) {
				this.hold.release();
				pass(new ArrivedRequest(this.request, this.body.toByteArray(), null), this.response, this.callback);
				return;
			}
			CompletableFuture<@Nullable String> owner = BodyArrivalHandler.this.owners
				.of(this.request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION))
				.toCompletableFuture();
			if (owner.isDone()) {
				readOn(owner.join());
			}
			else {
				owner.thenAcceptAsync(this::readOn, BodyArrivalHandler.this.executor);
			}
		}

		private void readOn(@Nullable String owner) {
			Runnable cut = () -> GuardedConnector.cut(this.request);
			Place place = (owner != null) ? BodyArrivalHandler.this.large.place(owner, cut)
					: BodyArrivalHandler.this.largeOfStrangers.place(BodyArrivalHandler.this.holders.of(this.request),
							cut);
			Request arrived = new ArrivedRequest(this.request, this.body.toByteArray(), place);
			Callback leaving = Callback.from(this.callback, place::leave);
			if (!place.enter(() -> pass(arrived, this.response, leaving))) {
				LingeringEndPoint.whenCut(this.request, () -> giveUp(place, leaving));
			}
		}

		/** Nobody else would notice: who waits does not read. */
		private void giveUp(Place place, Callback leaving) {
			if (place.giveUp()) {
				leaving.failed(new EofException("cut while its body waited"));
			}
		}

	}

	/** A request whose body begins with what has arrived. */
	private static final class ArrivedRequest extends Request.Wrapper {

		private final boolean whole;

		private final @Nullable Place place;

		private byte @Nullable [] arrived;

		/**
		 * Makes one.
		 * @param place where the rest of it is counted, or null where it is whole
		 */
		ArrivedRequest(Request request, byte[] arrived, @Nullable Place place) {
			super(request);
			this.arrived = arrived;
			this.place = place;
			this.whole = place == null;
		}

		@Override
		public Content.@Nullable Chunk read() {
			byte[] first = this.arrived;
			this.arrived = null;
			if (first != null && (this.whole || first.length > 0)) {
				return Content.Chunk.from(ByteBuffer.wrap(first), this.whole);
			}
			if (this.place == null) {
				return Content.Chunk.EOF;
			}
			Content.Chunk chunk = super.read();
			if (chunk != null) {
				this.place.add(chunk.remaining());
				if (chunk.isLast()) {
					this.place.leave();
				}
			}
			return chunk;
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
