package dev.usher.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The first messages of a server: what they cost while its compiler has hardly begun. In
 * a fresh process, whose users have connected and done nothing else.
 */
final class FirstRound {

	private static final int MESSAGES = 100_000;

	private static final int PROBES = 20;

	private FirstRound() {
	}

	static void run(Settings settings, Contender contender, Report report, Path folder) throws IOException {
		int users = settings.mostClients();
		try (ServerProcess server = ServerProcess.start(contender, folder, settings.pin());
				ClientLoop loop = contender.clients(server.port())) {
			Load load = new Load(settings, loop, server);
			load.connect(0, users, contender.peer()::ownDestination);
			Publisher publisher = new Publisher(loop);
			byte[][] all = Round.destinations(contender.peer(), users);
			int probes = Math.min(PROBES, users);
			load.awaitSubscriptions(publisher, probes, (number) -> all[users - 1 - number], probes);
			server.awaitQuiet();
			double compiler = compilerSeconds(server);
			Load.Flood flood = load.first(MESSAGES, publisher, (number) -> all[number % users], settings.userWindow());
			String figure = String.format(Locale.ROOT, "first %,d %s", MESSAGES, Round.toOneOf(users));
			report.add(figure + ", deliveries/s", contender, flood.rate());
			report.add(figure + ", CPU us each", contender, flood.cpuMicros());
			if (contender.jvm()) {
				report.add(figure + ", CPU us each of the compiler", contender,
						(compilerSeconds(server) - compiler) * 1e6 / MESSAGES);
			}
		}
	}

	private static double compilerSeconds(ServerProcess server) {
		return server.cpuSeconds("C1 ") + server.cpuSeconds("C2 ");
	}

}
