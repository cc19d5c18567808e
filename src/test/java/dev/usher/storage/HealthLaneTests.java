package dev.usher.storage;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Postgres;
import dev.usher.testing.Store;
import dev.usher.testing.TcpProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Health, while the database answers nothing and a crowd waits for it. */
class HealthLaneTests {

	private static TcpProxy proxy;

	private static HttpNode node;

	private static String admin;

	@BeforeAll
	static void start() {
		String url = Postgres.newMigratedDatabase();
		int port = URI.create(url.substring("jdbc:".length())).getPort();
		proxy = new TcpProxy(port);
		node = HttpNode.start(Store.EMBEDDED,
				"spring.datasource.url=" + url.replace(":" + port + "/", ":" + proxy.port() + "/")
						+ "&socketTimeout=60",
				"spring.datasource.hikari.connection-timeout=60000", "server.jetty.threads.max=24");
		admin = node.admin();
	}

	@AfterAll
	static void stop() {
		node.close();
		proxy.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/health", "/admin/accounts", "/auth/sessions" })
	void probesWhenACrowdWaitsForTheDatabaseThenAreAnswered(String asked) {
		HttpClient crowd = HttpClient.newHttpClient();
		awaitReady();
		node.clock().set(Instant.now());
		proxy.hold();
		try {
			List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				waiting.add(crowd.sendAsync(request(asked).header("Authorization", "Bearer " + admin).build(),
						BodyHandlers.ofString()));
			}
			for (int i = 0; i < 5; i++) {
				assertThat(probe("/actuator/health/liveness")).isEqualTo("200 {\"status\":\"UP\"}");
				assertThat(probe("/actuator/health/readiness")).endsWith("{\"status\":\"UP\"}");
			}
			assertThat(waiting).noneMatch(CompletableFuture::isDone);
			proxy.mend();
			for (CompletableFuture<HttpResponse<String>> answer : waiting) {
				assertThat(answer.join().statusCode()).isIn(200, 503);
			}
		}
		finally {
			proxy.mend();
		}
	}

	/** The clock of a test stands still, and a node whose clock is off is not ready. */
	private static void awaitReady() {
		Await.within(60, () -> {
			node.clock().set(Instant.now());
			return probe("/actuator/health/readiness").startsWith("200");
		});
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path));
	}

	private static String probe(String path) {
		HttpResponse<String> answer = HttpClient.newHttpClient()
			.sendAsync(request(path).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofString())
			.join();
		return answer.statusCode() + " " + answer.body();
	}

}
