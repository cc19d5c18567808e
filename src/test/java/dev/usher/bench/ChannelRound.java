package dev.usher.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.usher.testing.FreePort;
import dev.usher.testing.Postgres;
import dev.usher.testing.RedisServer;
import dev.usher.testing.TcpProxy;

/**
 * A node with 100,000 channels whose connections to Redis are cut: how long it takes
 * until it has confirmed all of them again, as its own metrics say.
 */
final class ChannelRound {

	static final int CHANNELS = 100_000;

	private static final int CUTS = 5;

	/** The most that a connection may have. */
	private static final int EACH = 200;

	private static final int PATIENCE_SECONDS = 120;

	private static final Pattern CHANNEL_COUNT = Pattern
		.compile("(?m)^usher_bus_(wanted|confirmed)_channels(?:\\{[^}]*})? ([0-9.eE+]+)$");

	private final HttpClient http = HttpClient.newHttpClient();

	private final URI metrics;

	private ChannelRound(int managementPort) {
		this.metrics = URI.create("http://127.0.0.1:" + managementPort
				+ "/actuator/prometheus?includedNames=usher_bus_wanted_channels,usher_bus_confirmed_channels");
	}

	/**
	 * How long it took.
	 *
	 * @param median of all cuts, in milliseconds
	 */
	record Times(double median, double worst) {
	}

	static Times run(Settings settings, Contender contender, RedisServer redis, Path folder) throws IOException {
		int management = FreePort.next();
		try (TcpProxy proxy = new TcpProxy(redis.port())) {
			Contender node = withManagement(contender, management).with(arguments(RedisServer.properties(proxy.port(),
					"spring.datasource.url=" + Postgres.newDatabase(), "usher.token.key=" + ClusterRound.KEY)));
			try (ServerProcess server = ServerProcess.start(node, folder, settings.pin());
					ClientLoop loop = node.clients(server.port())) {
				ChannelRound round = new ChannelRound(management);
				subscribe(loop);
				await("subscribed", loop, () -> round.counts().isWhole());
				Latencies latencies = new Latencies(CUTS);
				for (int i = 0; i < CUTS; i++) {
					latencies.add(round.cut(proxy, loop));
				}
				return new Times(latencies.millis(0.5), latencies.millis(1));
			}
		}
	}

	/** The metrics are on another port than the load, which a contender does without. */
	private static Contender withManagement(Contender contender, int port) {
		return new Contender(contender.name(), contender.peer(), contender.tls(), contender.jvm(),
				(own, folder) -> new ArrayList<>(contender.command(own, folder)
					.stream()
					.map((word) -> word.equals(Contender.NO_MANAGEMENT) ? "--management.server.port=" + port : word)
					.toList()));
	}

	static String[] arguments(String... properties) {
		String[] arguments = new String[properties.length];
		for (int i = 0; i < arguments.length; i++) {
			arguments[i] = "--" + properties[i];
		}
		return arguments;
	}

	private static void subscribe(ClientLoop loop) {
		for (int i = 0; i < CHANNELS / EACH; i++) {
			Connection connection = loop.open(Load.user(i), null);
			if (!loop.turnUntil(connection::isLoggedIn, PATIENCE_SECONDS)) {
				throw new BenchmarkException("No answer to CONNECT for " + PATIENCE_SECONDS + " s");
			}
			for (int j = 0; j < EACH; j++) {
				loop.send(connection, ("SUBSCRIBE\nid:" + j + "\ndestination:/topic/" + i + "." + j + "\n\n\0")
					.getBytes(StandardCharsets.US_ASCII));
			}
			loop.turn(0);
		}
	}

	/** In nanoseconds from the cut. */
	private long cut(TcpProxy proxy, ClientLoop loop) {
		long start = System.nanoTime();
		proxy.cut();
		proxy.mend();
		await("cut off", loop, () -> !counts().isWhole());
		await("subscribed again", loop, () -> counts().isWhole());
		return System.nanoTime() - start;
	}

	private Counts counts() {
		try {
			HttpRequest request = HttpRequest.newBuilder(this.metrics).timeout(Duration.ofSeconds(30)).build();
			return Counts.of(this.http.send(request, BodyHandlers.ofString()).body());
		}
		catch (IOException ex) {
			throw new BenchmarkException("The metrics of the node cannot be read: " + ex.getMessage(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
	}

	private static void await(String what, ClientLoop loop, BooleanSupplier condition) {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - deadline > 0) {
				throw new BenchmarkException(
						"The node has not " + what + " its channels within " + PATIENCE_SECONDS + " s");
			}
			loop.turn(10);
		}
	}

	/**
	 * What the node says of its channels.
	 */
	record Counts(long wanted, long confirmed) {

		static Counts of(String metrics) {
			long wanted = -1;
			long confirmed = -1;
			Matcher line = CHANNEL_COUNT.matcher(metrics);
			while (line.find()) {
				long count = (long) Double.parseDouble(line.group(2));
				if (line.group(1).equals("wanted")) {
					wanted = count;
				}
				else {
					confirmed = count;
				}
			}
			if (wanted < 0 || confirmed < 0) {
				throw new BenchmarkException("The node does not say how many channels it has");
			}
			return new Counts(wanted, confirmed);
		}

		/** Those of topics and users, and all of them confirmed. */
		boolean isWhole() {
			return this.wanted >= CHANNELS && this.wanted == this.confirmed;
		}

	}

}
