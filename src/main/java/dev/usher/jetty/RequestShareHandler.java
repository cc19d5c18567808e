package dev.usher.jetty;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.usher.protocol.Reason;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the request of an address that has too many under way. Of clients that come
 * directly the connections are bounded already; this is for those behind a proxy, which
 * share its connections. A request whose connection was cut does not count: it was cut to
 * make room for the next.
 */
final class RequestShareHandler extends Handler.Wrapper {

	private static final String RETRY_SECONDS = "1";

	private final Holders holders;

	private final Places places;

	private final byte[] overloaded;

	/**
	 * Goes in front of what holds requests.
	 * @param next what comes after
	 * @param holders whose a request is
	 * @param most how many of one holder; 0 for any number
	 * @param overloaded what is answered to more, a problem document
	 */
	public RequestShareHandler(@Nullable Handler next, Holders holders, int most, byte[] overloaded) {
		super(next);
		this.holders = holders;
		this.places = new Places(Integer.MAX_VALUE, (most > 0) ? most : Integer.MAX_VALUE);
		this.overloaded = overloaded;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		String holder = this.holders.of(request);
		if (!this.places.take(holder)) {
			refuse(response, callback);
			return true;
		}
		Runnable leave = leave(holder);
		LingeringEndPoint.whenCut(request, leave);
		Callback leaving = Callback.from(() -> {
			LingeringEndPoint.ended(request);
			leave.run();
		}, callback);
		boolean taken = false;
		try {
			taken = super.handle(request, response, leaving);
			return taken;
		}
		finally {
			if (!taken) {
				leave.run();
			}
		}
	}

	/** Gives the place back, once. */
	private Runnable leave(String holder) {
		AtomicBoolean left = new AtomicBoolean();
		return () -> {
			if (left.compareAndSet(false, true)) {
				this.places.give(holder);
			}
		};
	}

	private void refuse(Response response, Callback callback) {
		response.setStatus(Reason.OVERLOADED.httpStatus());
		response.getHeaders()
			.put(HttpHeader.CONTENT_TYPE, "application/problem+json")
			.put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
		response.write(true, ByteBuffer.wrap(this.overloaded), callback);
	}

}
