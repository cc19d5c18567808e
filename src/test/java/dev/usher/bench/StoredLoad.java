package dev.usher.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that store messages by HTTP, and what that costs the gateway. */
final class StoredLoad {

	static final int BATCH = 100;

	static final int BATCH_CLIENTS = 4;

	static final int SINGLE_CLIENTS = 64;

	/** Whose inboxes are published to, one after the other. */
	static final int USERS = 1000;

	private final ServerProcess server;

	private final Issuer issuer;

	StoredLoad(ServerProcess server, Issuer issuer) {
		this.server = server;
		this.issuer = issuer;
	}

	/** Each client makes its next call when the last one is answered. */
	Flood publish(int clients, int batch, int users, Duration duration) {
		ExecutorService threads = Executors.newFixedThreadPool(clients);
		double cpu = this.server.cpuSeconds();
		long start = System.nanoTime();
		try {
			List<Future<long[]>> running = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				int first = i * users / clients;
				running.add(threads
					.submit((Callable<long[]>) () -> calls(first, batch, users, start + duration.toNanos())));
			}
			List<long[]> all = new ArrayList<>();
			for (Future<long[]> calls : running) {
				all.add(calls.get());
			}
			double seconds = (System.nanoTime() - start) / 1e9;
			return Flood.of(all, batch, seconds, this.server.cpuSeconds() - cpu);
		}
		catch (ExecutionException ex) {
			throw new BenchmarkException("Storing messages failed: " + ex.getCause(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
		finally {
			threads.shutdownNow();
		}
	}

	private long[] calls(int firstUser, int batch, int users, long end) throws IOException {
		long[] nanos = new long[1024];
		int count = 0;
		int user = firstUser;
		try (HttpPublisher publisher = new HttpPublisher(this.server.port(), this.issuer.token(Load.user(firstUser)))) {
			long now = System.nanoTime();
			while (now < end) {
				String messages = HttpPublisher.messages(user, batch, users);
				long start = System.nanoTime();
				publisher.publish(messages);
				now = System.nanoTime();
				nanos = (count == nanos.length) ? Arrays.copyOf(nanos, 2 * count) : nanos;
				nanos[count++] = now - start;
				user = (user + batch) % users;
			}
		}
		return Arrays.copyOf(nanos, count);
	}

	/**
	 * What was stored in a while.
	 *
	 * @param count how many messages
	 * @param rate messages a second
	 * @param cpuMicros processor time of the gateway for each
	 * @param calls how long the calls took
	 */
	record Flood(long count, double rate, double cpuMicros, Latencies calls) {

		static Flood of(List<long[]> calls, int batch, double seconds, double cpuSeconds) {
			long count = calls.stream().mapToLong((nanos) -> nanos.length).sum();
			Latencies latencies = new Latencies(count);
			calls.forEach((nanos) -> Arrays.stream(nanos).forEach(latencies::add));
			return new Flood(count * batch, count * batch / seconds, cpuSeconds * 1e6 / (count * batch), latencies);
		}

	}

}
