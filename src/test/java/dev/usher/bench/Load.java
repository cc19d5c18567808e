package dev.usher.bench;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * The load put on one server: users that come, messages as fast as they are taken,
 * messages at a steady pace.
 */
final class Load {

	private static final int PATIENCE_SECONDS = 60;

	private static final int DRAIN_SECONDS = 15;

	private static final int CHECKED_MESSAGES = 500;

	private final Settings settings;

	private final ClientLoop loop;

	private final ServerProcess server;

	private Runnable edge = () -> {
	};

	private long probe;

	Load(Settings settings, ClientLoop loop, ServerProcess server) {
		this.settings = settings;
		this.loop = loop;
		this.server = server;
	}

	/** Runs something where the measured part of each flood begins and where it ends. */
	void atEdges(Runnable edge) {
		this.edge = edge;
	}

	ClientLoop loop() {
		return this.loop;
	}

	static String user(int number) {
		return "u" + number;
	}

	/** Lets users in, a few under way at once, until all are in or were refused. */
	void connect(int from, int to, Function<String, @Nullable String> subscription) {
		int before = settled();
		int opened = 0;
		long progress = System.nanoTime();
		while (settled() - before < to - from) {
			int settled = settled();
			while (opened < to - from && opened - (settled - before) < this.settings.connectWindow()) {
				String user = user(from + opened++);
				this.loop.open(user, subscription.apply(user));
			}
			this.loop.turn(1);
			if (settled() != settled) {
				progress = System.nanoTime();
			}
			else if (System.nanoTime() - progress > Duration.ofSeconds(PATIENCE_SECONDS).toNanos()) {
				throw new BenchmarkException("No answer to CONNECT for " + PATIENCE_SECONDS + " s, with "
						+ (settled() - before) + " of " + (to - from) + " let in");
			}
		}
	}

	private int settled() {
		return this.loop.logins() + this.loop.failures();
	}

	/**
	 * Publishes until everything published in one go has come: the stock broker answers
	 * no SUBSCRIBE, so this is how one sees that subscriptions stand.
	 */
	void awaitSubscriptions(Publisher publisher, int messages, IntFunction<byte[]> destination, int expected) {
		long[] received = new long[1];
		for (int attempt = 0; attempt < PATIENCE_SECONDS; attempt++) {
			long stamp = ++this.probe;
			received[0] = 0;
			this.loop.listen((connection, seen) -> received[0] += (seen == stamp) ? 1 : 0);
			for (int i = 0; i < messages; i++) {
				publisher.publish(destination.apply(i), stamp);
			}
			publisher.flush();
			boolean complete = this.loop.turnUntil(() -> received[0] == expected, 1);
			this.loop.listen(null);
			if (complete) {
				return;
			}
		}
		throw new BenchmarkException("Of " + expected + " deliveries only " + received[0] + " came");
	}

	/**
	 * Publishes numbered messages and looks at every one that comes: a rate is worth
	 * nothing if some subscribers get less than all, or one gets a message twice.
	 * @return how many came in another order than they were published in
	 */
	long checkFanOut(Publisher publisher, byte[] topic, int subscribers) {
		Map<Connection, long[]> seen = new IdentityHashMap<>();
		long[] disorder = new long[1];
		long before = this.loop.messages();
		this.loop.listen((connection, stamp) -> {
			long[] state = seen.computeIfAbsent(connection, (key) -> new long[3]);
			disorder[0] += (stamp < state[2]) ? 1 : 0;
			state[0]++;
			state[1] += stamp;
			state[2] = stamp;
		});
		for (int number = 1; number <= CHECKED_MESSAGES; number++) {
			publisher.publish(topic, number);
			flushAll(publisher);
			long bound = before + (long) (number - this.settings.fanoutWindow()) * subscribers;
			this.loop.turnUntil(() -> this.loop.messages() >= bound, DRAIN_SECONDS);
		}
		this.loop.turnUntil(() -> this.loop.messages() - before >= (long) CHECKED_MESSAGES * subscribers,
				DRAIN_SECONDS);
		this.loop.turn(1);
		this.loop.listen(null);
		long sum = (long) CHECKED_MESSAGES * (CHECKED_MESSAGES + 1) / 2;
		long right = seen.values().stream().filter((s) -> s[0] == CHECKED_MESSAGES && s[1] == sum).count();
		if (right != subscribers) {
			throw new BenchmarkException("Only " + right + " of " + subscribers + " subscribers got each of "
					+ CHECKED_MESSAGES + " messages once");
		}
		return disorder[0];
	}

	/**
	 * Publishes as fast as deliveries come back.
	 * @param destination where the n-th message goes
	 * @param fanout deliveries of one message; with 0 as fast as messages are read, and
	 * the figures are for each message
	 * @param window messages published and not yet delivered, the same for every server
	 */
	Flood flood(Publisher publisher, IntFunction<byte[]> destination, int fanout, int window) {
		Pump pump = new Pump(publisher, destination, fanout, (long) window * fanout);
		pump.runFor(this.settings.warmup());
		return measure(pump, fanout, () -> pump.runFor(this.settings.measure()));
	}

	/** As many messages as are told, with nothing before. */
	Flood first(int messages, Publisher publisher, IntFunction<byte[]> destination, int window) {
		Pump pump = new Pump(publisher, destination, 1, window);
		return measure(pump, 1, () -> pump.run(messages));
	}

	private Flood measure(Pump pump, int fanout, Runnable work) {
		long messages = this.loop.messages();
		long bytes = this.loop.bytes();
		long published = pump.published;
		double cpu = this.server.cpuSeconds();
		this.edge.run();
		long start = System.nanoTime();
		work.run();
		double seconds = (System.nanoTime() - start) / 1e9;
		double used = this.server.cpuSeconds() - cpu;
		this.edge.run();
		double each = (double) (this.loop.bytes() - bytes) / Math.max(1, this.loop.messages() - messages);
		long deliveries = (fanout == 0) ? pump.published - published : this.loop.messages() - messages;
		this.loop.turnUntil(() -> pump.inFlight() <= 0, DRAIN_SECONDS);
		return new Flood(deliveries / seconds, used * 1e6 / Math.max(1, deliveries), used / seconds, each,
				pump.inFlight());
	}

	/**
	 * Publishes at a steady pace whatever comes back. A message carries the time it was
	 * due, not the time it left: a server that holds the publisher up does not hide the
	 * delay of what waited behind (coordinated omission).
	 */
	Latencies pace(Publisher publisher, IntFunction<byte[]> destination, int fanout) {
		return pace(publisher, destination, fanout, this.settings.rate());
	}

	/** The same with so many deliveries a second. */
	Latencies pace(Publisher publisher, IntFunction<byte[]> destination, int fanout, int rate) {
		double interval = 1e9 * fanout / rate;
		long warmup = (long) (this.settings.warmup().toNanos() / interval);
		long total = warmup + Math.max(1, (long) (this.settings.measure().toNanos() / interval));
		long start = System.nanoTime();
		long recorded = start + (long) (warmup * interval);
		Latencies latencies = new Latencies((total - warmup) * fanout);
		this.loop.listen((connection, due) -> {
			if (due - recorded >= 0) {
				latencies.add(System.nanoTime() - due);
			}
		});
		long next = 0;
		while (next < total) {
			long due = start + (long) (next * interval);
			while (next < total && System.nanoTime() - due >= 0 && publisher.hasRoom()) {
				publisher.publish(destination.apply((int) (next % Integer.MAX_VALUE)), due);
				due = start + (long) (++next * interval);
			}
			publisher.flush();
			this.loop.turn(0);
		}
		flushAll(publisher);
		this.loop.turnUntil(latencies::isComplete, DRAIN_SECONDS);
		this.loop.listen(null);
		return latencies;
	}

	private void flushAll(Publisher publisher) {
		while (publisher.isBehind()) {
			publisher.flush();
			this.loop.turn(0);
		}
	}

	/**
	 * What a flood gave.
	 *
	 * @param rate deliveries a second
	 * @param cpuMicros processor time of the server for each delivery, in microseconds
	 * @param busy cores the server kept busy
	 * @param bytes of each delivery on the wire, without TLS
	 * @param lost deliveries that never came
	 */
	record Flood(double rate, double cpuMicros, double busy, double bytes, long lost) {
	}

	/**
	 * Keeps the window full.
	 */
	private final class Pump {

		private final Publisher publisher;

		private final IntFunction<byte[]> destination;

		private final int fanout;

		private final long window;

		private final long before = Load.this.loop.messages();

		private long expected;

		private long published;

		private int next;

		Pump(Publisher publisher, IntFunction<byte[]> destination, int fanout, long window) {
			this.publisher = publisher;
			this.destination = destination;
			this.fanout = fanout;
			this.window = window;
		}

		long inFlight() {
			return this.expected - (Load.this.loop.messages() - this.before);
		}

		void runFor(Duration time) {
			long end = System.nanoTime() + time.toNanos();
			while (System.nanoTime() - end < 0) {
				fill(Long.MAX_VALUE);
			}
			flushAll(this.publisher);
		}

		void run(long messages) {
			while (this.published < messages) {
				fill(messages);
			}
			Load.this.loop.turnUntil(() -> inFlight() <= 0, DRAIN_SECONDS);
		}

		private void fill(long limit) {
			while (this.published < limit && inFlight() + this.fanout <= this.window && this.publisher.hasRoom()) {
				this.publisher.publish(this.destination.apply(this.next), 0);
				this.next = (this.next + 1) & Integer.MAX_VALUE;
				this.expected += this.fanout;
				this.published++;
			}
			this.publisher.flush();
			Load.this.loop.turn(this.publisher.isBehind() ? 0 : 1);
		}

	}

}
