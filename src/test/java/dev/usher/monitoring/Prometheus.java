package dev.usher.monitoring;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.usher.testing.Await;
import dev.usher.testing.FreePort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

/**
 * A real Prometheus of this machine, on loopback and with a folder of its own, that reads
 * one gateway every second.
 */
final class Prometheus implements AutoCloseable {

	private static final JsonMapper json = new JsonMapper();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Path folder;

	private final int port;

	private final Process process;

	private Prometheus(String target, Path rules) throws IOException {
		this.port = FreePort.next();
		this.folder = Files.createTempDirectory("usher-prometheus");
		Path configuration = Files.writeString(this.folder.resolve("prometheus.yml"), """
				global:
				  scrape_interval: 1s
				  evaluation_interval: 1s
				rule_files:
				  - %s
				scrape_configs:
				  - job_name: usher
				    metrics_path: /actuator/prometheus
				    static_configs:
				      - targets: ["%s"]
				""".formatted(rules.toAbsolutePath(), target));
		this.process = new ProcessBuilder("prometheus", "--config.file=" + configuration,
				"--storage.tsdb.path=" + this.folder.resolve("data"), "--web.listen-address=127.0.0.1:" + this.port,
				"--log.level=warn")
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("log").toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroyForcibly));
	}

	/** Whether this machine has it, and its tool. */
	static boolean isInstalled() {
		return List.of("prometheus", "promtool").stream().allMatch((command) -> {
			try {
				Process version = new ProcessBuilder(command, "--version").redirectErrorStream(true).start();
				try (InputStream said = version.getInputStream()) {
					said.readAllBytes();
				}
				return version.waitFor(10, TimeUnit.SECONDS) && version.exitValue() == 0;
			}
			catch (IOException ex) {
				return false;
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/** Starts one and waits until it answers. */
	static Prometheus start(String target, Path rules) {
		try {
			Prometheus started = new Prometheus(target, rules);
			Await.within(60, () -> started.process.isAlive() && started.answers());
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What {@code promtool} says of a file, empty where it has nothing to say. */
	static String promtool(Path input, String... arguments) throws Exception {
		Process tool = new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList())
			.redirectInput(input.toFile())
			.redirectErrorStream(true)
			.start();
		try (InputStream said = tool.getInputStream()) {
			String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
			return (tool.waitFor(60, TimeUnit.SECONDS) && tool.exitValue() == 0) ? "" : "promtool: " + text;
		}
	}

	private boolean answers() {
		try {
			return !get("/-/ready").isEmpty();
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	/** Whether an expression has a value now that is a number. */
	boolean hasData(String expression) {
		JsonNode answer = json
			.readTree(get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)));
		if (!answer.path("status").asString().equals("success")) {
			throw new AssertionError(expression + ": " + answer);
		}
		return StreamSupport.stream(answer.path("data").path("result").spliterator(), false)
			.anyMatch((series) -> !series.path("value").path(1).asString().equals("NaN"));
	}

	/** All rules, each with its health. */
	JsonNode rules() {
		return json.readTree(get("/api/v1/rules")).path("data").path("groups");
	}

	private String get(String path) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path))
			.timeout(Duration.ofSeconds(60))
			.build();
		try {
			return this.client.send(request, BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		FileSystemUtils.deleteRecursively(this.folder.toFile());
	}

}
