package dev.usher.bench;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The physical limit of a delivery: the load of the scenario {@code user} on
 * {@link FloorServer}, in a fresh process for each number of users.
 */
final class FloorRound {

	private static final byte[] NO_DESTINATION = {};

	private FloorRound() {
	}

	static void run(Settings settings, Contender contender, Report report, Path folder) throws IOException {
		for (int clients : settings.clients()) {
			Contender floor = contender.with(Integer.toString(clients));
			try (ServerProcess server = ServerProcess.start(floor, folder, settings.pin());
					ClientLoop loop = floor.clients(server.port())) {
				Load load = new Load(settings, loop, server);
				load.connect(0, clients, (user) -> null);
				Publisher publisher = new Publisher(loop);
				Load.Flood flood = load.flood(publisher, (number) -> NO_DESTINATION, 1, settings.userWindow());
				String figure = Round.toOneOf(clients);
				report.add(figure + ", deliveries/s", contender, flood.rate());
				report.add(figure + ", CPU us each", contender, flood.cpuMicros());
				report.add(figure + ", bytes each", contender, flood.bytes());
			}
		}
	}

}
