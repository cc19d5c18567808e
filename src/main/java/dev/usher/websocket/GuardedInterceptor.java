package dev.usher.websocket;

import java.time.Duration;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.SlowCalls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * An interceptor of others. What it throws is an incident, of which the client learns the
 * name alone; and it does not hold the thread that reads unnoticed.
 */
final class GuardedInterceptor implements HandshakeInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(GuardedInterceptor.class);

	private static final SlowCalls slow = new SlowCalls(logger,
			"Handshake interceptors are slow, and the connections of their thread wait.", Duration.ofMillis(20));

	private final HandshakeInterceptor interceptor;

	private final String name;

	GuardedInterceptor(HandshakeInterceptor interceptor) {
		this.interceptor = interceptor;
		this.name = interceptor.getClass().getName();
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		long begin = System.nanoTime();
		try {
			return this.interceptor.beforeHandshake(request, response, handler, attributes);
		}
		catch (RefusedException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw incident("failed", ex);
		}
		finally {
			slow.note(this.name, System.nanoTime() - begin);
		}
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception failure) {
		long begin = System.nanoTime();
		try {
			this.interceptor.afterHandshake(request, response, handler, failure);
		}
		catch (Throwable ex) {
			// The handshake is through, and stands.
			incident("failed after the handshake", ex);
		}
		finally {
			slow.note(this.name, System.nanoTime() - begin);
		}
	}

	private RefusedException incident(String what, Throwable failure) {
		FatalErrors.endIfFatal(failure);
		RefusedException refusal = new RefusedException(Reason.INTERNAL_ERROR);
		logger.error("The handshake interceptor {} {}, incident {}", this.name, what, refusal.incident().orElse(""),
				failure);
		return refusal;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
