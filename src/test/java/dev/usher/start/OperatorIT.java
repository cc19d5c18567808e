package dev.usher.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import javax.net.ssl.SSLSocket;

import dev.usher.testing.Answer;
import dev.usher.testing.JarNode;
import dev.usher.testing.JavaProcess;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator can get wrong, or what goes wrong for one, with the packaged jar. */
class OperatorIT {

	private static final String STAYS = "so the old one stays: the private key does not belong to it";

	@TempDir
	private Path folder;

	@Test
	void variableWhenMisspeltThenTheStartStopsAndOfAServiceItGoesOn() {
		Map<String, String> linked = Map.of("USHER_SERVICE_HOST", "10.0.0.1", "USHER_PORT_8080_TCP_ADDR", "10.0.0.1");
		try (JavaProcess node = JavaProcess.gatewayIn(linked, this.folder.resolve("linked"))) {
			assertThat(node.awaitPort()).isPositive();
		}
		try (JavaProcess node = JavaProcess.gatewayIn(Map.of("USHER_SESSION_LIFETME", "7d"),
				this.folder.resolve("misspelt"))) {
			assertThat(node.awaitExit()).isEqualTo(1);
			assertThat(node.output()).contains("usher.session.lifetme", "USHER_SESSION_LIFETME")
				.doesNotContain("Usher is up")
				.doesNotContainPattern("(?m)^\\s+at ");
		}
	}

	@Test
	void diskWhenLessIsFreeThanTheMarkThenNothingIsStoredAndTheRestIsServed() {
		try (JarNode node = JarNode.start(this.folder, Store.EMBEDDED, "usher.inbox.min-free=1000TB")) {
			String token = node.token("ann");
			Answer stored = node.publish(token, Map.of("to", "/user/ann/queue/a", "body", "x"));
			assertThat(stored.status()).isEqualTo(503);
			assertThat(stored.code()).isEqualTo("storage_unavailable");
			assertThat(stored.header("Retry-After")).isNotEmpty();
			assertThat(node.publish(token, Map.of("to", "/topic/a", "body", "x")).status()).isEqualTo(200);
		}
	}

	/**
	 * The old pair is served while the two files do not belong together, and a probe is
	 * answered before and after, which asks under an address.
	 */
	@Test
	void certificateWhenItsKeyIsAnothersThenTheOldPairStaysUntilItsOwnComes() throws Exception {
		try (JavaProcess node = startWithFirstPair()) {
			int port = node.awaitPort();
			assertThat(probe(port)).isEqualTo("HTTP/1.1 200");
			KeyStore second = keys("second");
			write(second, true, false);
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.until(() -> node.output().contains(STAYS) || !shows(port, "CN=first"));
			assertThat(shows(port, "CN=first")).as("the old pair stays").isTrue();
			assertThat(node.output()).contains(STAYS);
			write(second, false, true);
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> shows(port, "CN=second"));
			// Of a connector whose certificate was replaced too.
			assertThat(probe(port)).isEqualTo("HTTP/1.1 200");
		}
	}

	private JavaProcess startWithFirstPair() throws Exception {
		write(keys("first"), true, true);
		return JavaProcess.gateway(this.folder.resolve("data"), "--server.ssl.bundle=web",
				"--spring.ssl.bundle.pem.web.keystore.certificate=file:" + this.folder.resolve("cert.pem"),
				"--spring.ssl.bundle.pem.web.keystore.private-key=file:" + this.folder.resolve("key.pem"),
				"--spring.ssl.bundle.pem.web.reload-on-update=true",
				"--spring.ssl.bundle.watch.file.quiet-period=100ms");
	}

	/** As Kubernetes probes: by IP address, which the certificate does not name. */
	private static String probe(int port) throws IOException {
		try (SSLSocket socket = TestTls.client().connect(port)) {
			socket.getOutputStream()
				.write("GET /actuator/health/liveness HTTP/1.1\r\nHost: 10.1.2.3:8443\r\n\r\n"
					.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
		}
	}

	/** False as well where no handshake can be made. */
	private static boolean shows(int port, String subject) {
		try {
			return TestTls.client().subject(port).equals(subject);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private KeyStore keys(String name) throws Exception {
		return KeyStore.getInstance(TestTls.certificate(this.folder, name).toFile(), "changeit".toCharArray());
	}

	private void write(KeyStore keys, boolean certificate, boolean key) throws Exception {
		if (certificate) {
			pem("cert.pem", "CERTIFICATE", keys.getCertificate("web").getEncoded());
		}
		if (key) {
			pem("key.pem", "PRIVATE KEY", keys.getKey("web", "changeit".toCharArray()).getEncoded());
		}
	}

	private void pem(String name, String type, byte[] der) throws IOException {
		Path aside = Files.writeString(this.folder.resolve(name + ".new"), "-----BEGIN " + type + "-----\n"
				+ Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n");
		Files.move(aside, this.folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
	}

}
