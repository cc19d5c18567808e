package dev.usher.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * Everything measured of one server, in one fresh process of it: connects, then the users
 * that stay, then fan-out and its latency.
 */
final class Round {

	/** Enough to see that the last subscriptions stand; the first ones stood before. */
	private static final int PROBES = 20;

	/** Below this share of a core something other than the server limits a flood. */
	private static final double BUSY = 0.8;

	private final Settings settings;

	private final Contender contender;

	private final Report report;

	private final ServerProcess server;

	private final ClientLoop loop;

	private final Load load;

	private Round(Settings settings, Contender contender, Report report, ServerProcess server, ClientLoop loop) {
		this.settings = settings;
		this.contender = contender;
		this.report = report;
		this.server = server;
		this.loop = loop;
		this.load = new Load(settings, loop, server);
	}

	static void run(Settings settings, Contender contender, Report report, Path folder) throws IOException {
		try (ServerProcess server = ServerProcess.start(contender, folder, settings.pin());
				ClientLoop loop = contender.clients(server.port())) {
			new Round(settings, contender, report, server, loop).run();
		}
	}

	private void run() {
		warm();
		if (this.settings.wants("connect")) {
			connects();
		}
		if (this.settings.wants("heap") || this.settings.wants("user")) {
			users();
		}
		if (this.settings.wants("fanout")) {
			fanOut();
		}
		if (this.settings.wants("latency")) {
			fanOutLatency();
		}
	}

	/**
	 * As many at once as are measured, so that those are of users who were here before.
	 */
	private void warm() {
		int batch = this.settings.connects();
		for (int left = this.settings.warmConnects(); left > 0; left -= batch) {
			this.load.connect(0, Math.min(batch, left), (user) -> null);
			this.loop.closeAll();
		}
	}

	private void connects() {
		this.loop.tolerate(true);
		double cpu = this.server.cpuSeconds();
		long start = System.nanoTime();
		this.load.connect(0, this.settings.connects(), (user) -> null);
		double seconds = (System.nanoTime() - start) / 1e9;
		double used = this.server.cpuSeconds() - cpu;
		int refused = this.loop.failures();
		int connects = this.settings.connects();
		add("connects/s", connects / seconds);
		add("connect, CPU us", used * 1e6 / connects);
		add("refused of " + connects + " connects in a row", refused);
		this.loop.closeAll();
		if (refused > 0) {
			throw new BenchmarkException(this.contender.name() + " refused " + refused + " of " + connects
					+ " connects: " + this.loop.failure());
		}
		this.loop.tolerate(false);
	}

	private void fanOut() {
		int subscribers = this.settings.subscribers();
		Publisher publisher = subscribe(subscribers);
		if (this.load.checkFanOut(publisher, topic().apply(0), subscribers) > 0) {
			this.report.note(this.contender.name() + ": delivers messages to one subscriber in another order than"
					+ " they were published in");
		}
		Load.Flood flood = this.load.flood(publisher, topic(), subscribers, this.settings.fanoutWindow());
		add("fan-out to " + subscribers + ", deliveries/s", flood.rate());
		add("fan-out to " + subscribers + ", CPU us each", flood.cpuMicros());
		noteIdle("fan-out to " + subscribers, flood.busy());
		noteLost("fan-out to " + subscribers, flood.lost());
		this.loop.closeAll();
	}

	private void fanOutLatency() {
		int subscribers = this.settings.latencySubscribers();
		Publisher publisher = subscribe(subscribers);
		latency("fan-out to " + subscribers, this.load.pace(publisher, topic(), subscribers));
		this.loop.closeAll();
	}

	private Publisher subscribe(int subscribers) {
		this.load.connect(0, subscribers, (user) -> this.contender.peer().topic());
		Publisher publisher = new Publisher(this.loop);
		this.load.awaitSubscriptions(publisher, 1, topic(), subscribers);
		return publisher;
	}

	private IntFunction<byte[]> topic() {
		byte[] topic = this.contender.peer().topic().getBytes(StandardCharsets.UTF_8);
		return (number) -> topic;
	}

	private void users() {
		// Counted from a tenth of them on: what the server keeps for good with the first
		// connections, or still keeps of those that left, is none of theirs.
		int connected = this.settings.clients().get(0) / 10;
		int counted = connected;
		this.load.connect(0, connected, this.contender.peer()::ownDestination);
		this.server.awaitQuiet();
		double heap = liveHeap();
		double resident = this.server.residentBytes();
		for (int clients : this.settings.clients()) {
			this.load.connect(connected, clients, this.contender.peer()::ownDestination);
			Publisher publisher = new Publisher(this.loop);
			byte[][] all = destinations(this.contender.peer(), clients);
			this.load.awaitSubscriptions(publisher, Math.min(PROBES, clients), (number) -> all[clients - 1 - number],
					Math.min(PROBES, clients));
			boolean first = connected == counted;
			if (first && this.settings.wants("heap")) {
				this.server.awaitQuiet();
				add("idle connection, heap KB", (liveHeap() - heap) / (clients - counted) / 1024);
				add("idle connection, resident KB",
						(this.server.residentBytes() - resident) / (clients - counted) / 1024);
			}
			if (this.settings.wants("user")) {
				flood(publisher, all, first);
			}
			publisher.close(this.loop);
			connected = clients;
		}
		this.loop.closeAll();
		this.server.awaitQuiet();
	}

	private double liveHeap() {
		return this.contender.jvm() ? this.server.liveHeapBytes() : Double.NaN;
	}

	private void flood(Publisher publisher, byte[][] all, boolean andLatency) {
		String figure = toOneOf(all.length);
		IntFunction<byte[]> roundRobin = (number) -> all[number % all.length];
		Load.Flood flood = this.load.flood(publisher, roundRobin, 1, this.settings.userWindow());
		add(figure + ", deliveries/s", flood.rate());
		add(figure + ", CPU us each", flood.cpuMicros());
		add(figure + ", bytes each", flood.bytes());
		noteIdle(figure, flood.busy());
		noteLost(figure, flood.lost());
		if (!andLatency || !this.settings.wants("latency")) {
			return;
		}
		if (flood.rate() < this.settings.rate()) {
			this.report.note(this.contender.name() + ": no latency " + figure + " at " + this.settings.rate()
					+ " deliveries/s, which it does not reach");
			return;
		}
		latency(figure, this.load.pace(publisher, roundRobin, 1));
	}

	static String toOneOf(int users) {
		return "to one of " + users + " users";
	}

	/** Where one publishes to each of so many users. */
	static byte[][] destinations(Peer peer, int clients) {
		byte[][] all = new byte[clients][];
		for (int i = 0; i < clients; i++) {
			all[i] = peer.userDestination(Load.user(i)).getBytes(StandardCharsets.UTF_8);
		}
		return all;
	}

	private void latency(String figure, Latencies latencies) {
		String label = figure + " at " + this.settings.rate() + "/s, ";
		add(label + "p50 ms", latencies.millis(0.5));
		add(label + "p99 ms", latencies.millis(0.99));
		add(label + "p99.9 ms", latencies.millis(0.999));
		noteLost(figure + " at a steady rate", latencies.missing());
	}

	/** A rate says something of a server only when the server was what limited it. */
	private void noteIdle(String figure, double busy) {
		if (busy < BUSY) {
			this.report.note(String.format(Locale.ROOT,
					"%s: %s, the server used %.0f %% of a core: the load, or something else on this machine, was the limit",
					this.contender.name(), figure, 100 * busy));
		}
	}

	private void noteLost(String figure, long lost) {
		if (lost != 0) {
			this.report.note(this.contender.name() + ": " + figure + ", " + lost + " deliveries did not come in time");
		}
	}

	private void add(String figure, double value) {
		this.report.add(figure, this.contender, value);
	}

}
