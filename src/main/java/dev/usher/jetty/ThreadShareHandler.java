package dev.usher.jetty;

import java.util.ArrayDeque;
import java.util.Queue;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.ThreadPool;
import org.eclipse.jetty.util.thread.ThreadPool.SizedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Lets the servlets have three quarters of the server's threads. They may wait, for the
 * database or for a body; what is answered without them, and the sockets, need threads
 * all the same. A request beyond waits for its turn on nobody's thread.
 */
public final class ThreadShareHandler extends PassingHandler {

	private final ThreadPool threads;

	private final int most;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private int running;

	/**
	 * Goes in front of the servlets.
	 * @param next the servlets
	 * @param server has the threads
	 */
	public ThreadShareHandler(@Nullable Handler next, Server server) {
		super(next);
		this.threads = server.getThreadPool();
		this.most = (this.threads instanceof SizedThreadPool sized) ? Math.max(1, sized.getMaxThreads() * 3 / 4)
				: Integer.MAX_VALUE;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		synchronized (this) {
			if (this.running >= this.most) {
				this.waiting.add(() -> passInTurn(request, response, callback));
				return true;
			}
			this.running++;
		}
		try {
			return super.handle(request, response, callback);
		}
		finally {
			done();
		}
	}

	private void passInTurn(Request request, Response response, Callback callback) {
		try {
			pass(request, response, callback);
		}
		finally {
			done();
		}
	}

	/** The next has the turn, if there is one. */
	private void done() {
		Runnable next;
		synchronized (this) {
			next = this.waiting.poll();
			if (next == null) {
				this.running--;
			}
		}
		if (next != null) {
			this.threads.execute(next);
		}
	}

}
