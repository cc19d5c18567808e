package dev.usher.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.usher.testing.Answer;
import dev.usher.testing.FreePort;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.TcpProxy;
import dev.usher.testing.TestTokens;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * One packaged gateway of several. Its links to the database and to Redis go through
 * proxies of its own, so that they can fail for it alone.
 */
final class ClusterNode implements AutoCloseable {

	private static final String ISSUER = "test-issuer";

	private static final String SECRET = "a secret of thirty-two bytes or more";

	private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

	private static final JsonMapper json = new JsonMapper();

	/** Several of them share a small machine. */
	private static final List<String> MACHINE = List.of("-Xmx" + Scale.of(192, 384) + "m", "-XX:+UseSerialGC");

	/** What all nodes have. */
	private static final List<String> COMMON = List.of("usher.cluster.bus=redis", "usher.cluster.lanes=2",
			"usher.token.key=" + KEY, "usher.inbox.lease=" + Cluster.LEASE.toSeconds() + "s",
			"usher.cluster.blind-after=" + Cluster.BLIND_AFTER.toSeconds() + "s", "usher.drain=0s",
			"usher.inbox.keep-count=0", "usher.connect.per-user=0", "usher.connect.frames-per-second=0",
			"usher.connect.bytes-per-second=0", "usher.issuers[0].issuer=" + ISSUER, "usher.issuers[0].audience=usher",
			"usher.issuers[0].secret=" + SECRET, "usher.access[0].destination=/user/**", "usher.access[0].publish=*",
			"usher.access[1].destination=/queue/**", "usher.access[1].publish=*", "usher.access[1].subscribe=*",
			"usher.access[2].destination=/topic/**", "usher.access[2].publish=*", "usher.access[2].subscribe=*");

	private final HttpClient http = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(5))
		.build();

	private final String name;

	private final Path data;

	private final Map<String, String> properties = new LinkedHashMap<>();

	private final TcpProxy database;

	private final TcpProxy redis;

	private final int managementPort = FreePort.next();

	private @Nullable JavaProcess process;

	private volatile int port;

	/**
	 * Makes one that is not started.
	 * @param properties beside those of all, or in their place; one without a value is
	 * left out
	 */
	ClusterNode(String name, Path data, RestartablePostgres postgres, int redisPort, String... properties) {
		this.name = name;
		this.data = data;
		this.database = new TcpProxy(postgres.port());
		this.redis = new TcpProxy(redisPort);
		COMMON.forEach(this::set);
		set("usher.cluster.node=" + name);
		set("management.server.port=" + this.managementPort);
		set("spring.datasource.url=" + postgres.urlBy(this.database.port()));
		set("spring.data.redis.host=127.0.0.1");
		set("spring.data.redis.port=" + this.redis.port());
		List.of(properties).forEach(this::set);
	}

	private void set(String property) {
		int equals = property.indexOf('=');
		this.properties.put(property.substring(0, equals), property.substring(equals + 1));
	}

	/** Starts the process; {@link #awaitUp} waits for it. */
	ClusterNode launch() {
		return launch(JavaProcess.quickJar());
	}

	/** The same by other options and another jar. */
	ClusterNode launch(List<String> jar) {
		List<String> command = new ArrayList<>(MACHINE);
		command.addAll(jar);
		String[] arguments = this.properties.entrySet()
			.stream()
			.filter((property) -> !property.getValue().isEmpty())
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		JavaProcess started = JavaProcess.gateway(command, this.data, arguments);
		// Nothing is left of a run that is ended in the middle.
		Runtime.getRuntime().addShutdownHook(new Thread(started::kill));
		this.process = started;
		return this;
	}

	ClusterNode awaitUp() {
		this.port = process().awaitPort();
		return this;
	}

	JavaProcess process() {
		if (this.process == null) {
			throw new IllegalStateException(this.name + " was not started");
		}
		return this.process;
	}

	String name() {
		return this.name;
	}

	int port() {
		return this.port;
	}

	/** Its link to the database. */
	TcpProxy database() {
		return this.database;
	}

	/** Its link to Redis. */
	TcpProxy redis() {
		return this.redis;
	}

	/** Ends it in good order. */
	void end() {
		process().end();
		process().awaitExit();
	}

	/** Ends it as {@code kill -9} does. */
	void kill() {
		process().kill();
	}

	/** Stops all of it where it is. */
	void pause() {
		Signals.send("STOP", process().pid());
	}

	void resume() {
		Signals.send("CONT", process().pid());
	}

	/** A token of an issuer all nodes trust, for five minutes, with an id of its own. */
	static String token(String user) {
		return token(user, UUID.randomUUID().toString());
	}

	static String token(String user, String id) {
		return TestTokens.valid(ISSUER, "usher", Clock.systemUTC())
			.claim("sub", user)
			.claim("jti", id)
			.sign(SECRET.getBytes(StandardCharsets.UTF_8));
	}

	/** Calls with a JSON body, or with none. */
	Answer call(String method, String path, @Nullable String token, @Nullable Object body) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofSeconds(30))
			.method(method,
					(body != null) ? BodyPublishers.ofString(json.writeValueAsString(body)) : BodyPublishers.noBody());
		if (body != null) {
			request.header("Content-Type", "application/json");
		}
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		return send(request);
	}

	private Answer send(HttpRequest.Builder request) {
		try {
			return new Answer(this.http.send(request.build(), BodyHandlers.ofString()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The sum over all tags of a metric. */
	double metric(String metric) {
		String all = send(
				HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.managementPort + "/actuator/prometheus"))
					.timeout(Duration.ofSeconds(30)))
			.response()
			.body();
		List<Double> values = all.lines()
			.filter((line) -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
			.map((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.toList();
		if (values.isEmpty()) {
			throw new AssertionError(this.name + " has no metric " + metric);
		}
		return values.stream().mapToDouble(Double::doubleValue).sum();
	}

	boolean hasAllChannels() {
		return metric("usher_bus_wanted_channels") == metric("usher_bus_confirmed_channels");
	}

	/** The status of its health. */
	String health() {
		return call("GET", "/actuator/health", null, null).text("status");
	}

	boolean isReady() {
		return call("GET", "/actuator/health/readiness", null, null).status() == 200;
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.kill();
		}
		this.database.close();
		this.redis.close();
	}

}
