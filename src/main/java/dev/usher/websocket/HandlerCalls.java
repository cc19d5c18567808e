package dev.usher.websocket;

import java.util.ArrayList;
import java.util.List;

import dev.usher.thread.FailureLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;

/**
 * What the handler of one session is told, in order: of the opening on the thread that
 * reads, of failing and closing on one of the {@link DecoratorThreads}, and not before it
 * was told of the opening.
 */
final class HandlerCalls {

	private static final Logger logger = LoggerFactory.getLogger(HandlerCalls.class);

	private static final FailureLog failures = new FailureLog(logger, "A WebSocket handler failed");

	private final WebSocketHandler handler;

	private final DecoratorThreads threads;

	/** What waits until the opening has been told; null from then on. */
	private @Nullable List<Runnable> early = new ArrayList<>(0);

	HandlerCalls(WebSocketHandler handler, DecoratorThreads threads) {
		this.handler = handler;
		this.threads = threads;
	}

	/** Tells of the opening, and passes on what the handler throws. */
	void opened(WebSocketSession session) throws Exception {
		try {
			this.handler.afterConnectionEstablished(session);
		}
		finally {
			begin(session);
		}
	}

	private synchronized void begin(WebSocketSession session) {
		List<Runnable> waiting = this.early;
		this.early = null;
		if (waiting != null) {
			waiting.forEach((task) -> this.threads.execute(session.getId(), task));
		}
	}

	/** Tells that reading or writing failed. */
	void failed(WebSocketSession session, Throwable cause) {
		tell(session, () -> this.handler.handleTransportError(session, cause));
	}

	/** Tells that the session is over. */
	void closed(WebSocketSession session, CloseStatus status) {
		tell(session, () -> this.handler.afterConnectionClosed(session, status));
	}

	private synchronized void tell(WebSocketSession session, Call call) {
		Runnable task = () -> run(call);
		if (this.early != null) {
			this.early.add(task);
		}
		else {
			this.threads.execute(session.getId(), task);
		}
	}

	private static void run(Call call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			failures.note(ex);
		}
	}

	/** Something of a handler. */
	@FunctionalInterface
	private interface Call {

		void run() throws Exception;

	}

}
