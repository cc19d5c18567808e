package dev.usher.websocket;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ReadingLoop;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has work of a connection run on the thread that reads it. What fails there ends the
 * connection and not the thread, which many connections share.
 */
final class ReadingTurn {

	private static final Logger logger = LoggerFactory.getLogger(ReadingTurn.class);

	private static final FailureLog failures = new FailureLog(logger, "What had waited on a connection failed");

	private ReadingTurn() {
	}

	/** Runs a task there, or on the caller's thread where nobody knows that thread. */
	static void take(WebSocketConnection connection, Runnable task) {
		Runnable guarded = () -> run(connection, task);
		if (lowest(connection.getEndPoint()) instanceof ReadingLoop loop) {
			loop.execute(guarded);
		}
		else {
			guarded.run();
		}
	}

	/** The end point of the socket; TLS lies above it. */
	private static EndPoint lowest(EndPoint endPoint) {
		EndPoint lowest = endPoint;
		while (lowest instanceof EndPoint.Wrapper wrapper) {
			lowest = wrapper.unwrap();
		}
		return lowest;
	}

	private static void run(WebSocketConnection connection, Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			failures.note(ex);
			connection.gone();
		}
	}

}
