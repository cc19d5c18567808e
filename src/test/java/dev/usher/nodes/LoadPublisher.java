package dev.usher.nodes;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.Answer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one message after the other over HTTP, each under an id of its own, again and
 * on the next node until it is accepted.
 */
final class LoadPublisher extends Thread {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long RETRY = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(90);

	private final List<ClusterNode> nodes;

	private final List<String> to;

	private final String token;

	private final List<String> bodies = new ArrayList<>();

	private int node;

	private volatile int accepted;

	private volatile boolean stopped;

	private volatile boolean cancelled;

	private volatile @Nullable Throwable failure;

	LoadPublisher(String name, List<ClusterNode> nodes, List<String> to) {
		super(name);
		this.nodes = nodes;
		this.to = to;
		this.token = ClusterNode.token(name);
		setDaemon(true);
	}

	@Override
	public void run() {
		try {
			while (!this.stopped && !this.cancelled) {
				publish(getName() + " " + this.accepted);
				LockSupport.parkNanos(PAUSE);
			}
		}
		catch (Throwable ex) {
			this.failure = ex;
		}
	}

	private void publish(String body) {
		long deadline = System.nanoTime() + PATIENCE;
		while (!this.cancelled) {
			String answer = tryTo(body);
			if (answer == null) {
				this.bodies.add(body);
				this.accepted++;
				return;
			}
			if (System.nanoTime() > deadline) {
				throw new AssertionError(body + " is not accepted: " + answer);
			}
			this.node = (this.node + 1) % this.nodes.size();
			LockSupport.parkNanos(RETRY);
		}
	}

	/** Answers null if it was accepted by all destinations, else what was said. */
	private @Nullable String tryTo(String body) {
		try {
			Answer answer = this.nodes.get(this.node)
				.call("POST", "/api/messages", this.token,
						Map.of("to", this.to, "body", body, "id", body.replace(' ', '-')));
			return (answer.status() == 200) ? null : answer.toString();
		}
		catch (UncheckedIOException ex) {
			return ex.toString();
		}
	}

	/** How many were accepted. Any thread. */
	int accepted() {
		return this.accepted;
	}

	/** What failed that may not. */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/** Ends when the message that is under way is accepted. */
	void finish() {
		this.stopped = true;
		try {
			join();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		if (this.failure != null) {
			throw new AssertionError(getName(), this.failure);
		}
	}

	/** Ends at once. */
	void cancel() {
		this.cancelled = true;
	}

	/** What was accepted; asked when it has ended. */
	List<String> bodies() {
		return this.bodies;
	}

}
