package dev.usher.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Backends that publish stored messages at a steady pace, one a call, to some users in
 * turn. A message carries the time it was due: a call that had to wait for others counts
 * that wait as well (no coordinated omission).
 */
final class PacedPublishers {

	/** Calls under way at once, at most. */
	private static final int CLIENTS = 64;

	private static final int DRAIN_SECONDS = 15;

	private final ServerProcess server;

	private final Issuer issuer;

	private final ClientLoop loop;

	private final int users;

	/**
	 * @param loop where the users are connected
	 * @param users how many
	 */
	PacedPublishers(ServerProcess server, Issuer issuer, ClientLoop loop, int users) {
		this.server = server;
		this.issuer = issuer;
		this.loop = loop;
		this.users = users;
	}

	/**
	 * From when each message was due until its user had it.
	 * @param rate messages a second
	 * @param warmup for how long the same load runs before it is measured
	 */
	Latencies run(double rate, Duration warmup, Duration measure) {
		double interval = 1e9 / rate;
		long first = (long) (warmup.toNanos() / interval);
		long total = first + Math.max(1, (long) (measure.toNanos() / interval));
		long start = System.nanoTime();
		long recorded = start + (long) (first * interval);
		Latencies latencies = new Latencies(total - first);
		this.loop.listen((connection, due) -> {
			if (due - recorded >= 0) {
				latencies.add(System.nanoTime() - due);
			}
		});
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		try {
			AtomicLong next = new AtomicLong();
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				String user = Load.user(i);
				running.add(threads.submit(() -> publish(user, next, total, start, interval)));
			}
			this.loop.turnUntil(() -> running.stream().allMatch(Future::isDone),
					warmup.plus(measure).toSeconds() + DRAIN_SECONDS);
			threads.shutdownNow();
			for (Future<?> each : running) {
				each.get();
			}
			this.loop.turnUntil(latencies::isComplete, DRAIN_SECONDS);
		}
		catch (ExecutionException ex) {
			throw new BenchmarkException("Stored: " + ex.getCause(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
		finally {
			threads.shutdownNow();
			this.loop.listen(null);
		}
		return latencies;
	}

	private Void publish(String publisher, AtomicLong next, long total, long start, double interval)
			throws IOException {
		try (HttpPublisher http = new HttpPublisher(this.server.port(), this.issuer.token(publisher))) {
			for (long number = next.getAndIncrement(); number < total; number = next.getAndIncrement()) {
				long due = start + (long) (number * interval);
				for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
					LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
				}
				http.publish(HttpPublisher.message((int) (number % this.users), due));
			}
			return null;
		}
	}

}
