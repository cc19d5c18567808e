package dev.usher.websocket;

import java.util.Map;
import java.util.function.BiConsumer;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

import org.springframework.http.server.ServerHttpRequest;

/**
 * Where WebSockets are opened: in front of every servlet and filter, which a handshake
 * needs none of. Requests for other paths go on to them.
 */
public final class WebSocketUpgradeHandler extends Handler.Wrapper {

	private static final int ERROR = 400;

	private final Map<String, Endpoint> endpoints;

	private final BiConsumer<ServerHttpRequest, RefusedException> refusals;

	/**
	 * @param next what comes after
	 * @param registry what answers where
	 * @param refusals is told of every handshake that is refused
	 */
	public WebSocketUpgradeHandler(Handler next, EndpointRegistry registry,
			BiConsumer<ServerHttpRequest, RefusedException> refusals) {
		super(next);
		this.endpoints = registry.endpoints();
		this.refusals = refusals;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		Endpoint endpoint = this.endpoints.get(Request.getPathInContext(request));
		if (endpoint == null) {
			return super.handle(request, response, callback);
		}
		HandshakeRequest handshake = new HandshakeRequest(request);
		HandshakeResponse answer = new HandshakeResponse(response);
		try {
			if (endpoint.handshake(handshake, answer)) {
				response.write(true, null, callback);
				return true;
			}
		}
		catch (RefusedException ex) {
			this.refusals.accept(handshake, ex);
			refuse(request, response, callback, ex);
			return true;
		}
		RefusedException refusal = new RefusedException(Reason.FORBIDDEN);
		this.refusals.accept(handshake, refusal);
		answer(request, answer, callback, refusal);
		return true;
	}

	/** The server's error handler writes the problem document, as it does all others. */
	private static void refuse(Request request, Response response, Callback callback, RefusedException refusal) {
		request.setAttribute(RefusedException.ATTRIBUTE, refusal);
		Response.writeError(request, response, callback, refusal.httpStatus(), refusal.text());
	}

	/** An interceptor said no: what it answered counts, as far as it did. */
	private static void answer(Request request, HandshakeResponse answer, Callback callback, RefusedException refusal) {
		Response response = answer.jetty();
		if (answer.status() < 200) {
			refuse(request, response, callback, refusal);
		}
		else if (answer.status() >= ERROR && !answer.body().hasRemaining()) {
			Response.writeError(request, response, callback, answer.status());
		}
		else {
			response.setStatus(answer.status());
			response.write(true, answer.body(), callback);
		}
	}

}
