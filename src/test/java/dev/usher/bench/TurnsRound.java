package dev.usher.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Two builds of the gateway run at once on the same core, and a moment of the same load
 * goes to one and then to the other, many times over: whatever else makes a machine
 * faster or slower then does so to both.
 */
final class TurnsRound {

	private static final int TURNS = 80;

	/** Live messages of a turn: half a second, about. */
	private static final int MESSAGES = 50_000;

	private static final Duration STORED = Duration.ofSeconds(1);

	private static final int PROBES = 20;

	/** Both share a core, so each gets half of it. */
	private static final int WARM_UPS = 4;

	private final Settings settings;

	private final Report report;

	private final List<Side> sides = new ArrayList<>();

	private TurnsRound(Settings settings, Report report) {
		this.settings = settings;
		this.report = report;
	}

	static void run(Settings settings, Contender one, Contender other, Issuer issuer, Report report, Path folder)
			throws IOException {
		TurnsRound round = new TurnsRound(settings, report);
		Path first = Files.createDirectory(folder.resolve(one.name()));
		Path second = Files.createDirectory(folder.resolve(other.name()));
		try (ServerProcess server = ServerProcess.start(one, first, settings.pin());
				ServerProcess rival = ServerProcess.start(other, second, settings.pin());
				ClientLoop loop = one.clients(server.port());
				ClientLoop rivals = other.clients(rival.port())) {
			round.sides.add(new Side(one, server, new Load(settings, loop, server), new Publisher(loop),
					new StoredLoad(server, issuer)));
			round.sides.add(new Side(other, rival, new Load(settings, rivals, rival), new Publisher(rivals),
					new StoredLoad(rival, issuer)));
			round.live();
			round.stored();
		}
	}

	private void live() {
		int users = this.settings.clients().get(0);
		byte[][] all = Round.destinations(this.sides.get(0).contender().peer(), users);
		for (Side side : this.sides) {
			side.load().connect(0, users, side.contender().peer()::ownDestination);
			side.load()
				.awaitSubscriptions(side.publisher(), Math.min(PROBES, users), (number) -> all[users - 1 - number],
						Math.min(PROBES, users));
		}
		Turn turn = (side) -> {
			side.load().first(MESSAGES, side.publisher(), (number) -> all[number % users], this.settings.userWindow());
			return MESSAGES;
		};
		measure("in turn, " + Round.toOneOf(users), turn);
	}

	/** The many calls of single messages warm the way of both. */
	private void stored() {
		measure("in turn, stored on H2, single from 64",
				(side) -> side.stored().publish(StoredLoad.SINGLE_CLIENTS, 1, StoredLoad.USERS, STORED).count());
		measure("in turn, stored on H2, batches of 100 from 4",
				(side) -> side.stored()
					.publish(StoredLoad.BATCH_CLIENTS, StoredLoad.BATCH, StoredLoad.USERS, STORED)
					.count());
	}

	/**
	 * Both until they are warm; then whoever was first is second the next time. Without
	 * the compilers, which are busy for minutes, and not as long for both.
	 * @param what of which the processor time is told: of the turns alone, and of all
	 * that the process does between the first and the last
	 */
	private void measure(String what, Turn turn) {
		long end = System.nanoTime() + WARM_UPS * this.settings.warmup().toNanos();
		while (System.nanoTime() < end) {
			this.sides.forEach(turn::take);
		}
		double[] begun = this.sides.stream().mapToDouble(Side::cpuSeconds).toArray();
		List<Side> inOrder = List.copyOf(this.sides);
		long[] messages = new long[begun.length];
		for (int i = 0; i < TURNS; i++) {
			for (Side side : this.sides) {
				double before = side.cpuSeconds();
				long taken = turn.take(side);
				add(what + ", CPU us each", side, side.cpuSeconds() - before, taken);
				messages[inOrder.indexOf(side)] += taken;
			}
			Collections.reverse(this.sides);
		}
		for (int i = 0; i < begun.length; i++) {
			Side side = inOrder.get(i);
			add(what + ", CPU us each with all between the turns", side, side.cpuSeconds() - begun[i], messages[i]);
		}
	}

	private void add(String figure, Side side, double seconds, long messages) {
		this.report.add(figure, side.contender(), seconds * 1e6 / messages);
	}

	/** A moment of load; answers of how many messages. */
	@FunctionalInterface
	private interface Turn {

		long take(Side side);

	}

	/** One of both builds. */
	private record Side(Contender contender, ServerProcess server, Load load, Publisher publisher, StoredLoad stored) {

		double cpuSeconds() {
			return this.server.compiledCpuSeconds();
		}

	}

}
