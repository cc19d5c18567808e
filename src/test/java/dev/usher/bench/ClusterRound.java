package dev.usher.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import org.slf4j.LoggerFactory;

/**
 * Several nodes of the gateway on one PostgreSQL and one Redis: what a delivery costs on
 * one node alone, on one of several, and from one to the others, how long it takes, and
 * how soon all channels are subscribed again after a cut.
 */
final class ClusterRound {

	/** How many nodes there are, one number after the other. */
	private static final int[] NODES = { 2, 3 };

	/** That of all nodes, 32 bytes; nothing is protected here. */
	static final String KEY = "A".repeat(43) + "=";

	/** Messages a second while latency is measured. */
	private static final int LIVE_RATE = 1000;

	private static final int STORED_RATE = 100;

	/** Who reads stored messages. */
	private static final int READERS = 20;

	/** Enough to see that the subscriptions stand. */
	private static final int PROBES = 20;

	private final Settings settings;

	private final Contender contender;

	private final Report report;

	private final Path folder;

	private final int users;

	private ClusterRound(Settings settings, Contender contender, Report report, Path folder) {
		this.settings = settings;
		this.contender = contender;
		this.report = report;
		this.folder = folder;
		this.users = users(settings);
	}

	/** Connections open at once: as many users on the first node as on the others. */
	static int connections(Settings settings) {
		return 2 * users(settings) + READERS;
	}

	private static int users(Settings settings) {
		return settings.clients().get(0);
	}

	/**
	 * Looks for what has to be there before anything is started.
	 * @throws BenchmarkException if it is not
	 */
	static void check(Settings settings) {
		if (!settings.servers().contains(Contender.USHER) || !settings.plain()) {
			throw new BenchmarkException(
					"The scenario cluster measures usher without TLS: name usher in bench.servers, and bench.tls=false");
		}
		if (Machine.find("redis-server").isEmpty()) {
			throw new BenchmarkException("The scenario cluster needs redis-server, and there is none on the PATH: "
					+ "install it, or leave cluster out of bench.scenarios");
		}
	}

	static void run(Settings settings, Contender contender, Report report, Path folder) throws IOException {
		((Logger) LoggerFactory.getLogger("io.zonky")).setLevel(Level.WARN);
		ClusterRound round = new ClusterRound(settings, contender, report, folder);
		try (RedisServer redis = RedisServer.start()) {
			Alone alone = round.alone(redis);
			for (int nodes : NODES) {
				round.several(nodes, redis, alone);
			}
			round.add(ChannelRound.run(settings, contender, redis, folder("channels", folder)));
		}
	}

	private void add(ChannelRound.Times times) {
		String figure = String.format(Locale.ROOT, "%,d channels after a cut, all confirmed again, ",
				ChannelRound.CHANNELS);
		add(figure + "median ms", times.median());
		add(figure + "worst ms", times.worst());
	}

	/** One node without a bus. */
	private Alone alone(RedisServer redis) throws IOException {
		Contender node = this.contender.with("--spring.datasource.url=" + Postgres.newDatabase());
		try (ServerProcess server = ServerProcess.start(node, folder("alone", this.folder), this.settings.pin());
				ClientLoop loop = node.clients(server.port())) {
			Load load = new Load(this.settings, loop, server);
			ClusterTimes times = new ClusterTimes(List.of(server), redis.process());
			load.atEdges(times::look);
			load.connect(0, this.users, node.peer()::ownDestination);
			Publisher publisher = new Publisher(loop);
			byte[][] here = destinations(0, this.users);
			load.awaitSubscriptions(publisher, PROBES, (number) -> here[this.users - 1 - number], PROBES);
			Load.Flood flood = load.flood(publisher, inTurn(here), 1, this.settings.userWindow());
			double delivered = each(times.publisher(), flood, times);
			byte[][] absent = destinations(this.users, 2 * this.users);
			Load.Flood unheard = load.flood(publisher, inTurn(absent), 0, this.settings.userWindow());
			Alone alone = new Alone(delivered, each(times.publisher(), unheard, times));
			add("alone, deliveries/s", flood.rate());
			add("alone, CPU us each", alone.delivered());
			add("alone, a message to nobody, CPU us", alone.unheard());
			return alone;
		}
	}

	private void several(int nodes, RedisServer redis, Alone alone) throws IOException {
		Contender node = this.contender.with(ChannelRound
			.arguments(redis.properties("spring.datasource.url=" + Postgres.newDatabase(), "usher.token.key=" + KEY)));
		List<ServerProcess> servers = new ArrayList<>();
		try {
			for (int i = 1; i <= nodes; i++) {
				Path own = folder(nodes + "-nodes-" + i, this.folder);
				servers.add(ServerProcess.start(node, own, this.settings.pin()));
			}
			try (ClientLoop loop = node.clients(servers.get(0).port())) {
				several(servers, loop, redis, alone);
			}
		}
		finally {
			servers.forEach(ServerProcess::close);
		}
	}

	private void several(List<ServerProcess> servers, ClientLoop loop, RedisServer redis, Alone alone) {
		String label = servers.size() + " nodes, ";
		Load load = new Load(this.settings, loop, servers.get(0));
		ClusterTimes times = new ClusterTimes(servers, redis.process());
		load.atEdges(times::look);
		load.connect(0, this.users, loop.peer()::ownDestination);
		elsewhere(servers, (from, to) -> load.connect(this.users + from, this.users + to, loop.peer()::ownDestination),
				loop, this.users);
		Publisher publisher = new Publisher(loop);
		byte[][] here = destinations(0, this.users);
		byte[][] there = destinations(this.users, 2 * this.users);
		await(load, publisher, here);
		await(load, publisher, there);

		Load.Flood local = load.flood(publisher, inTurn(here), 1, this.settings.userWindow());
		add(label + "on one of them", local, times);
		Load.Flood across = load.flood(publisher, inTurn(there), 1, this.settings.userWindow());
		add(label + "across", across, times);
		add(label + "across, added by the bus, CPU us each, publisher's node",
				each(times.publisher(), across, times) - alone.unheard());
		add(label + "across, added by the bus, CPU us each, receivers' nodes",
				each(times.receivers(), across, times) - (alone.delivered() - alone.unheard()));

		latency(label + "live across at " + LIVE_RATE + "/s, ", load.pace(publisher, inTurn(there), 1, LIVE_RATE));
		stored(label, servers, load, publisher);
	}

	private void stored(String label, List<ServerProcess> servers, Load load, Publisher publisher) {
		int first = 2 * this.users;
		elsewhere(servers, (from, to) -> load.connect(first + from, first + to, (user) -> "/user/queue/bench"),
				load.loop(), READERS);
		byte[][] queues = new byte[READERS][];
		for (int i = 0; i < READERS; i++) {
			queues[i] = ("/user/" + Load.user(first + i) + "/queue/bench").getBytes(StandardCharsets.UTF_8);
		}
		await(load, publisher, queues);
		latency(label + "stored across at " + STORED_RATE + "/s, ",
				load.pace(publisher, inTurn(queues), 1, STORED_RATE));
	}

	/** Spreads connections over all nodes but the first. */
	private static void elsewhere(List<ServerProcess> servers, Connects connects, ClientLoop loop, int count) {
		int others = servers.size() - 1;
		for (int i = 0; i < others; i++) {
			loop.connectTo(servers.get(i + 1).port());
			connects.connect(count * i / others, count * (i + 1) / others);
		}
		loop.connectTo(servers.get(0).port());
	}

	/** Some of each node are tried. */
	private static void await(Load load, Publisher publisher, byte[][] destinations) {
		int step = Math.max(1, destinations.length / PROBES);
		int probes = Math.min(PROBES, destinations.length);
		load.awaitSubscriptions(publisher, probes, (number) -> destinations[destinations.length - 1 - number * step],
				probes);
	}

	private byte[][] destinations(int from, int to) {
		byte[][] all = new byte[to - from][];
		for (int i = from; i < to; i++) {
			all[i - from] = this.contender.peer().userDestination(Load.user(i)).getBytes(StandardCharsets.UTF_8);
		}
		return all;
	}

	private static IntFunction<byte[]> inTurn(byte[][] all) {
		return (number) -> all[number % all.length];
	}

	private static Path folder(String name, Path parent) throws IOException {
		return Files.createDirectories(parent.resolve(name));
	}

	private void add(String label, Load.Flood flood, ClusterTimes times) {
		add(label + ", deliveries/s", flood.rate());
		add(label + ", CPU us each, publisher's node", each(times.publisher(), flood, times));
		add(label + ", CPU us each, all other nodes", each(times.receivers(), flood, times));
		add(label + ", CPU us each, Redis", each(times.redis(), flood, times));
		add(label + ", CPU us each, PostgreSQL", each(times.postgres(), flood, times));
		if (flood.lost() != 0) {
			this.report.note(this.contender.name() + ": " + label + ", " + flood.lost() + " deliveries did not come");
		}
	}

	/** Processor time in microseconds for each delivery. */
	private static double each(double cpuSeconds, Load.Flood flood, ClusterTimes times) {
		return cpuSeconds * 1e6 / (flood.rate() * times.seconds());
	}

	private void latency(String label, Latencies latencies) {
		add(label + "p50 ms", latencies.millis(0.5));
		add(label + "p99 ms", latencies.millis(0.99));
		if (latencies.missing() != 0) {
			this.report.note(this.contender.name() + ": " + label + latencies.missing() + " did not come in time");
		}
	}

	private void add(String figure, double value) {
		this.report.add(figure, this.contender, value);
	}

	/** Connects a range of users. */
	private interface Connects {

		void connect(int from, int to);

	}

	/**
	 * What one node without a bus needs, in microseconds of processor time.
	 *
	 * @param delivered for a message that is read and delivered
	 * @param unheard for one that is read and has no reader
	 */
	private record Alone(double delivered, double unheard) {
	}

}
