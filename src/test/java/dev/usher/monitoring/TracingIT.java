package dev.usher.monitoring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.monitoring.SpanCollector.Span;
import dev.usher.testing.JarNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged jar with what {@code examples/tracing} collects, as the page on monitoring
 * says, and a collector that it sends its spans to.
 */
class TracingIT {

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String OTHER_TRACE = "0af7651916cd43dd8448eb211c80319c";

	private static final String NAMING_TRACE = "1d4c2a9be08f4f6ab7d3a51c60f2e977";

	private static final String PARENT = "00f067aa0ba902b7";

	@TempDir
	private static Path folder;

	private static SpanCollector collector;

	private static JarNode node;

	@BeforeAll
	static void start() throws Exception {
		collector = new SpanCollector();
		node = JarNode.startWith(collectedJars(), folder.resolve("data"), "management.tracing.sampling.probability=1.0",
				"management.opentelemetry.tracing.export.otlp.endpoint=" + collector.url(),
				"management.opentelemetry.tracing.export.schedule-delay=200ms");
	}

	/** In a copy, so that nothing is left in the documents. */
	private static Path collectedJars() throws IOException, InterruptedException {
		Path project = Files.createDirectory(folder.resolve("tracing"));
		Files.copy(Path.of("src/docs/examples/tracing/pom.xml"), project.resolve("pom.xml"));
		Path output = folder.resolve("maven.out");
		Process maven = new ProcessBuilder("mvn", "-q", "-B", "package", "-f", project.resolve("pom.xml").toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(maven.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		finally {
			maven.destroyForcibly();
		}
		assertThat(maven.exitValue()).as(Files.readString(output)).isZero();
		return project.resolve("target/tracing");
	}

	@AfterAll
	static void stop() {
		if (node != null) {
			node.close();
		}
		collector.close();
	}

	private static String traceparent(String trace) {
		return "00-" + trace + "-" + PARENT + "-01";
	}

	@Test
	void publishWhenOverHttpThenIsBelowItsRequestAndThatBelowItsTraceparent() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + "/api/messages"))
			.timeout(Duration.ofSeconds(20))
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + node.token("ann"))
			.header("traceparent", traceparent(TRACE))
			.POST(HttpRequest.BodyPublishers.ofString("""
					[{"to": "/user/bob/queue/orders", "body": 1}, {"to": "/user/bob/topic/none", "body": 2}]"""))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(207);
		Span http = collector.await((span) -> span.trace().equals(TRACE) && span.name().startsWith("http"));
		assertThat(http.name()).isEqualTo("http post /api/messages");
		assertThat(http.parent()).isEqualTo(PARENT);
		Span stored = collector.await((span) -> isPublish(span, TRACE, "accepted"));
		assertThat(stored.parent()).isEqualTo(http.id());
		assertThat(stored.attributes()).isEqualTo(Map.of("kind", "stored", "owner", "user", "result", "accepted"));
		Span refused = collector.await((span) -> isPublish(span, TRACE, "forbidden"));
		assertThat(refused.parent()).isEqualTo(http.id());
	}

	@Test
	void requestWhenItsPathNamesAUserThenItsSpanDoesNot() throws Exception {
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + node.port() + "/admin/accounts/carol"))
			.timeout(Duration.ofSeconds(20))
			.header("Authorization", "Bearer " + node.token("ann"))
			.header("traceparent", traceparent(NAMING_TRACE))
			.DELETE()
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(403);
		Span http = collector.await((span) -> span.trace().equals(NAMING_TRACE) && span.name().startsWith("http"));
		assertThat(http.name()).isEqualTo("http delete /admin/accounts/{username}");
		assertThat(http.attributes()).containsEntry("status", "403");
		assertThat(http.attributes().values()).noneMatch((value) -> value.contains("carol"));
	}

	@Test
	void connectAndSendWhenTheyComeThenEachIsASpanAndASendIsBelowItsTraceparent() {
		try (StompClient ann = StompClient.connect(node.port(), node.token("ann"),
				"traceparent:" + traceparent(OTHER_TRACE))) {
			ann.receipt(StompFrame.of("SEND", "destination:/topic/news", "traceparent:" + traceparent(OTHER_TRACE))
				.body("hello"));
		}
		Span send = collector.await((span) -> isPublish(span, OTHER_TRACE, "accepted"));
		assertThat(send.parent()).isEqualTo(PARENT);
		assertThat(send.attributes()).containsEntry("kind", "live").containsEntry("owner", "shared");
		Span connect = collector.await((span) -> span.name().equals("connect"));
		assertThat(connect.parent()).isEmpty();
		assertThat(connect.trace()).isNotEqualTo(OTHER_TRACE);
		assertThat(connect.attributes()).isEqualTo(Map.of("result", "connected"));
	}

	@Test
	void connectWhenRefusedThenItsSpanSaysWhy() {
		try (StompClient stranger = StompClient.open(node.port())) {
			stranger.sendConnect("no token").expectError("unauthorized", 4502);
		}
		collector.await(
				(span) -> span.name().equals("connect") && span.attributes().equals(Map.of("result", "unauthorized")));
	}

	private static boolean isPublish(Span span, String trace, String result) {
		return span.name().equals("publish") && span.trace().equals(trace)
				&& result.equals(span.attributes().get("result"));
	}

}
