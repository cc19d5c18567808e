package dev.usher.client.java;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;

import dev.usher.testing.JavaProcess;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** The artifact with the classifier {@code client}. */
class ClientJarIT {

	private static final String JAR = "target/usher-client.jar";

	@Test
	void jarWhenBuiltThenHasTheClientAndNothingElse() throws IOException {
		try (JarFile jar = new JarFile(JAR)) {
			List<String> files = jar.stream().filter((entry) -> !entry.isDirectory()).map(Object::toString).toList();
			assertThat(files).contains("META-INF/MANIFEST.MF", "dev/usher/client/java/UsherClient.class")
				.doesNotContain("dev/usher/client/java/package-info.class")
				.filteredOn((file) -> !file.equals("META-INF/MANIFEST.MF"))
				.allMatch((file) -> file.matches("dev/usher/client/java/\\w+(\\$\\w+)?\\.class"));
			assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
				.isEqualTo("dev.usher.client.java");
		}
	}

	/** As the example says: compiled and run with that jar alone. */
	@Test
	void exampleWhenRunWithTheJarAloneThenPublishesAndIsHandedItsJobs() throws Exception {
		TestGateway gateway = SharedGateway.get();
		String url = "http://localhost:" + gateway.port();
		String admin = gateway.token("java-admin", Duration.ofMinutes(15), Map.of("roles", List.of("admin")));
		HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/admin/clients"))
			.header("Authorization", "Bearer " + admin)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"client_id\":\"backend\",\"scopes\":[\"publish\"]}"))
			.build();
		HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
		String secret = new JsonMapper().readTree(answer.body()).path("client_secret").asString();
		try (JavaProcess backend = JavaProcess.start(JavaProcess.QUICK, "-cp", JAR, "src/docs/examples/Backend.java",
				"backend", secret, url)) {
			assertThat(backend.awaitExit()).as(backend.output()).isZero();
			assertThat(backend.output().lines()).containsExactlyInAnyOrder("on disk: 1", "on disk: 2", "on disk: 3",
					"done: {\"job\": 1}", "done: {\"job\": 2}", "done: {\"job\": 3}");
		}
	}

}
