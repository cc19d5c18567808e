package dev.usher.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What connections cost on which nothing happens: each subscribed to a destination of its
 * own, and nothing sent but heart-beats. In one fresh process of the gateway.
 */
final class IdleRound {

	private static final long BEAT_MILLIS = 10_000;

	private static final Duration WARM_UP = Duration.ofMillis(2 * BEAT_MILLIS);

	private static final Duration MEASURE = Duration.ofMillis(3 * BEAT_MILLIS);

	private static final int AT_ONCE = 100;

	private static final Duration FASTER_BEAT = Duration.ofMillis(BEAT_MILLIS / 2);

	private static final byte[] EOL = { '\n' };

	private final Settings settings;

	private final Contender contender;

	private final Issuer issuer;

	private final Report report;

	private final ServerProcess server;

	private IdleRound(Settings settings, Contender contender, Issuer issuer, Report report, ServerProcess server) {
		this.settings = settings;
		this.contender = contender;
		this.issuer = issuer;
		this.report = report;
		this.server = server;
	}

	static void run(Settings settings, Contender contender, Issuer issuer, Report report, Path folder)
			throws IOException {
		try (ServerProcess server = ServerProcess.start(contender, folder, settings.pin())) {
			IdleRound round = new IdleRound(settings, contender, issuer, report, server);
			round.measure("no heart-beats", 0, 0);
			round.measure("heart-beats of the server each 10 s", 0, BEAT_MILLIS);
			round.measure("heart-beats both ways each 10 s", BEAT_MILLIS, BEAT_MILLIS);
		}
	}

	private void measure(String how, long sends, long wants) throws IOException {
		int clients = this.settings.mostClients();
		String heartBeat = sends + "," + wants;
		Peer peer = new StompPeer("topic", (user) -> StompPeer.loginByToken(this.issuer.token(user), heartBeat));
		try (ClientLoop loop = new ClientLoop(peer, this.server.port())) {
			Load load = new Load(this.settings, loop, this.server);
			long beaten = System.nanoTime();
			for (int from = 0; from < clients; from += AT_ONCE) {
				load.connect(from, Math.min(from + AT_ONCE, clients), peer::ownDestination);
				// Those that are there must not fall silent while others come.
				if (System.nanoTime() - beaten > FASTER_BEAT.toNanos()) {
					beaten = System.nanoTime();
					loop.connections().forEach((connection) -> loop.send(connection, EOL));
				}
			}
			IdleClients all = new IdleClients(loop, sends);
			all.idle(WARM_UP);
			double cpu = this.server.cpuSeconds();
			long start = System.nanoTime();
			all.idle(MEASURE);
			double seconds = (System.nanoTime() - start) / 1e9;
			double share = (this.server.cpuSeconds() - cpu) / seconds;
			this.report.add(String.format(Locale.ROOT, "%,d idle connections, %s, %% of a core", clients, how),
					this.contender, 100 * share);
		}
		this.server.awaitQuiet();
	}

	/**
	 * Clients that do nothing but send their heart-beats, spread evenly, and read those
	 * that come.
	 */
	private static final class IdleClients {

		private final ClientLoop loop;

		private final List<Connection> connections;

		private final long sends;

		private final long start = System.nanoTime();

		private long beaten;

		/**
		 * Those of a loop.
		 * @param sends milliseconds from one heart-beat to the next, 0 for none
		 */
		IdleClients(ClientLoop loop, long sends) {
			this.loop = loop;
			this.connections = loop.connections();
			this.sends = sends;
		}

		void idle(Duration time) {
			long end = System.nanoTime() + time.toNanos();
			while (System.nanoTime() < end) {
				beat((System.nanoTime() - this.start) / 1e6);
				this.loop.turn(5);
			}
		}

		/** What is due after so many milliseconds. */
		private void beat(double elapsed) {
			long due = (this.sends == 0) ? 0 : (long) (elapsed / this.sends * this.connections.size());
			for (; this.beaten < due; this.beaten++) {
				this.loop.send(this.connections.get((int) (this.beaten % this.connections.size())), EOL);
			}
		}

	}

}
