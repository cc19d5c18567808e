package dev.usher.jetty;

import dev.usher.thread.FatalErrors;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A handler that has taken a request and passes it on later, perhaps on another thread,
 * where Jetty no longer sees what becomes of it.
 */
abstract class PassingHandler extends Handler.Wrapper {

	PassingHandler(@Nullable Handler next) {
		super(next);
	}

	/** Never throws: nobody above would answer, and the client would wait. */
	final void pass(Request request, Response response, Callback callback) {
		try {
			if (!super.handle(request, response, callback)) {
				Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
			}
		}
		catch (Throwable ex) {
			FatalErrors.endIfFatal(ex);
			Response.writeError(request, response, callback, ex);
		}
	}

}
