package dev.usher.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run of the benchmark does, from the system properties {@code bench.*}. A
 * property that is absent or empty has its default; one out of its bounds stops the run.
 *
 * @param servers who takes part: {@code usher}, {@code stock}, {@code nats}; where it is
 * named, {@code interceptor}, which is usher with an extension that looks at every SEND,
 * {@code bound}, which is usher with tokens that are bound to a key, {@code before},
 * which is another build of it, and {@code floor}, which does nothing but write
 * @param scenarios what is measured: {@code connect}, {@code fanout}, {@code latency},
 * {@code heap}, {@code user}, {@code stored}, and where they are named {@code first},
 * {@code idle}, {@code cluster}, {@code turns} and {@code start}
 * @param runs how often everything is done, each time with fresh processes; the median
 * counts
 * @param clients numbers of connected users, ascending
 * @param connects authenticated connects measured in a row
 * @param warmConnects connects made before, so that the compiler has done its work
 * @param connectWindow connects under way at once
 * @param subscribers subscribers of the one topic that is flooded
 * @param fanoutWindow messages published and not yet delivered to all
 * @param userWindow messages to single users published and not yet delivered
 * @param measure how long a rate is measured
 * @param warmup how long the same load runs before it is measured
 * @param rate deliveries a second while latency is measured
 * @param latencySubscribers subscribers of the topic whose latency is measured
 * @param heap {@code -Xmx} of both JVM servers
 * @param pin whether the server gets one core and the load another
 * @param jar the gateway
 * @param before another build of the gateway; empty for none
 * @param usherArguments further arguments of the gateway
 * @param postgres whether stored messages are measured on PostgreSQL as well
 * @param javaArguments further arguments of both JVMs
 * @param plain whether it is measured without TLS
 * @param tls whether it is measured under TLS
 * @param soakMinutes how long to soak the gateway instead of all the above, 0 for not
 * @param startJava the folder of another JDK, on which starts are measured too; empty for
 * none
 */
record Settings(Set<String> servers, Set<String> scenarios, int runs, List<Integer> clients, int connects,
		int warmConnects, int connectWindow, int subscribers, int fanoutWindow, int userWindow, Duration measure,
		Duration warmup, int rate, int latencySubscribers, String heap, boolean pin, Path jar, String before,
		List<String> usherArguments, boolean postgres, List<String> javaArguments, boolean plain, boolean tls,
		int soakMinutes, String startJava) {

	private static final Set<String> SERVERS = Set.of("usher", "stock", "nats");

	/** Those that take part where they are named. */
	private static final Set<String> ALL_SERVERS = Set.of("usher", "before", "interceptor", "bound", "floor", "stock",
			"nats");

	private static final Set<String> SCENARIOS = Set.of("connect", "fanout", "latency", "heap", "user", "stored");

	/**
	 * Those that need more servers, all cores, far more connections or a process of their
	 * own for one row are measured where they are named.
	 */
	private static final Set<String> ALL_SCENARIOS = Set.of("connect", "fanout", "latency", "heap", "user", "stored",
			"first", "idle", "cluster", "turns", "start");

	private static final Set<String> OWN_ROUNDS = Set.of("stored", "first", "idle", "cluster", "turns", "start");

	/** Those that every one of the most clients connects for. */
	private static final Set<String> OF_ALL_CLIENTS = Set.of("heap", "user", "first", "idle");

	private static final List<String> TLS = List.of("true", "false", "both");

	private static final int MOST_CLIENTS = 100_000;

	static Settings fromSystemProperties() {
		String tls = text("bench.tls", "both");
		if (!TLS.contains(tls)) {
			throw new IllegalArgumentException("bench.tls must be one of " + TLS + ", but is " + tls);
		}
		return new Settings(names("bench.servers", SERVERS, ALL_SERVERS),
				names("bench.scenarios", SCENARIOS, ALL_SCENARIOS), number("bench.runs", 3, 1, 20), clientNumbers(),
				number("bench.connects", 2000, 1, MOST_CLIENTS), number("bench.warm-connects", 100_000, 0, 1_000_000),
				number("bench.connect-window", 16, 1, 1000), number("bench.subscribers", 500, 1, MOST_CLIENTS),
				number("bench.fanout-window", 64, 1, 10_000), number("bench.user-window", 256, 1, 100_000),
				seconds("bench.seconds", 5), seconds("bench.warmup", 6), number("bench.rate", 20_000, 1, 1_000_000),
				number("bench.latency-subscribers", 100, 1, MOST_CLIENTS), text("bench.heap", "1g"),
				Boolean.parseBoolean(text("bench.pin", "true")), Path.of(text("bench.usher.jar", "target/usher.jar")),
				text("bench.before.jar", ""), words("bench.usher.args"),
				Boolean.parseBoolean(text("bench.postgres", "true")), words("bench.java.args"), !tls.equals("true"),
				!tls.equals("false"), number("bench.soak", 0, 0, 600), text("bench.start.java", ""));
	}

	/** The same, pinned or not. */
	Settings withPin(boolean pin) {
		return new Settings(this.servers, this.scenarios, this.runs, this.clients, this.connects, this.warmConnects,
				this.connectWindow, this.subscribers, this.fanoutWindow, this.userWindow, this.measure, this.warmup,
				this.rate, this.latencySubscribers, this.heap, pin, this.jar, this.before, this.usherArguments,
				this.postgres, this.javaArguments, this.plain, this.tls, this.soakMinutes, this.startJava);
	}

	/** The most connections open at once. */
	int peak() {
		int users = this.scenarios.stream().anyMatch(OF_ALL_CLIENTS::contains) ? mostClients() : 0;
		int ofCluster = wants("cluster") ? ClusterRound.connections(this) : 0;
		users = wants("turns") ? Math.max(users, 2 * this.clients.get(0)) : users;
		return Math.max(Math.max(Math.max(users, ofCluster), this.connects),
				Math.max(this.subscribers, this.latencySubscribers));
	}

	/** The greatest number of connected users. */
	int mostClients() {
		return this.clients.get(this.clients.size() - 1);
	}

	boolean wants(String scenario) {
		return this.scenarios.contains(scenario);
	}

	/** Whether something is measured that has no round of its own. */
	boolean wantsLive() {
		return this.scenarios.stream().anyMatch((scenario) -> !OWN_ROUNDS.contains(scenario));
	}

	/** Whether anything is measured that users connect for. */
	boolean hasClients() {
		return this.soakMinutes > 0 || !this.scenarios.equals(Set.of("start"));
	}

	private static List<Integer> clientNumbers() {
		List<Integer> numbers = Arrays.stream(text("bench.clients", "5000,10000").split(","))
			.map((value) -> number("bench.clients", value.trim(), 1, MOST_CLIENTS))
			.toList();
		return List.copyOf(new TreeSet<>(numbers));
	}

	private static Set<String> names(String property, Set<String> fallback, Set<String> known) {
		Set<String> names = new TreeSet<>(List.of(text(property, String.join(",", fallback)).split("\\s*,\\s*")));
		if (!known.containsAll(names)) {
			throw new IllegalArgumentException(
					property + " must name some of " + new TreeSet<>(known) + ", but is " + String.join(",", names));
		}
		return names;
	}

	private static Duration seconds(String property, int fallback) {
		return Duration.ofSeconds(number(property, fallback, 1, 600));
	}

	private static int number(String property, int fallback, int least, int most) {
		return number(property, text(property, Integer.toString(fallback)), least, most);
	}

	private static int number(String property, String value, int least, int most) {
		try {
			int number = Integer.parseInt(value);
			if (number >= least && number <= most) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// said below
		}
		throw new IllegalArgumentException(
				property + " must be a number from " + least + " to " + most + ", but is " + value);
	}

	private static List<String> words(String property) {
		String text = text(property, "");
		return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
	}

	private static String text(String property, String fallback) {
		String value = System.getProperty(property, "").trim();
		return value.isEmpty() ? fallback : value;
	}

}
