package dev.usher.start;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;

import dev.usher.UsherApplication;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.StompClient;
import dev.usher.testing.TestTokens;
import dev.usher.thread.FatalErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The gateway in a process of its own, without any option of the JVM that would end it,
 * runs out of memory on each kind of thread; it ends, so that a supervisor starts it
 * again.
 */
class OutOfMemoryIT {

	private static final String SECRET = "a secret of thirty-two bytes or more";

	@TempDir
	private Path data;

	private JavaProcess start() {
		return JavaProcess.start(JavaProcess.QUICK, "-Xmx128m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				UsherApplication.class.getName(), "--spring.profiles.active=exhausted", "--server.port=0",
				"--management.server.port=0", "--usher.data=" + this.data, "--usher.issuers[0].issuer=test-issuer",
				"--usher.issuers[0].secret=" + SECRET, "--usher.issuers[0].audience=usher");
	}

	private static void get(int port, String path) throws Exception {
		try {
			HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
						BodyHandlers.ofString());
		}
		catch (IOException ex) {
			// It ended before it answered, as it should.
		}
	}

	private static void assertEnded(JavaProcess process) {
		assertThat(process.awaitExit()).isEqualTo(FatalErrors.STATUS);
		assertThat(process.output()).contains("The process ends with status 3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "future", "pool", "scheduler", "silence" })
	void memoryWhenItIsOutThenTheProcessEnds(String thread) throws Exception {
		try (JavaProcess process = start()) {
			get(process.awaitPort(), "/exhausted-" + thread + ".html");
			assertEnded(process);
		}
	}

	@Test
	void memoryWhenItIsOutOnTheSelectorThenTheProcessEnds() {
		try (JavaProcess process = start()) {
			String token = TestTokens.valid("test-issuer", "usher", Clock.systemUTC())
				.sign(SECRET.getBytes(StandardCharsets.UTF_8));
			try (StompClient client = StompClient.connect(process.awaitPort(), token)) {
				client.send("SUBSCRIBE", "id:s", "destination:/user/topic/exhausted");
				assertEnded(process);
			}
		}
	}

}
