package dev.usher.jetty;

import java.nio.ByteBuffer;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Says {@code Connection: close} in a refusal whose request was not read to its end,
 * because the connection ends after it (RFC 9112, section 9.6). A client that is not told
 * sends its next request into that end.
 */
final class UnreadBodyHandler extends Handler.Wrapper {

	UnreadBodyHandler(@Nullable Handler handler) {
		super(handler);
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		return super.handle(request, new Refusal(request, response), callback);
	}

	private static final class Refusal extends Response.Wrapper {

		private Refusal(Request request, Response wrapped) {
			super(request, wrapped);
		}

		@Override
		public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
			if (getStatus() >= HttpStatus.BAD_REQUEST_400 && !isCommitted() && !getRequest().consumeAvailable()) {
				getHeaders().put(HttpFields.CONNECTION_CLOSE);
			}
			super.write(last, content, callback);
		}

	}

}
