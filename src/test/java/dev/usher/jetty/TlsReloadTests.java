package dev.usher.jetty;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.SSLSocket;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Page;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/** TLS of the gateway itself, with a certificate that is replaced while it runs. */
@ExtendWith(OutputCaptureExtension.class)
class TlsReloadTests {

	@TempDir
	private Path folder;

	private Path certificate(String name) {
		return TestTls.certificate(this.folder, name);
	}

	private static SSLSocket connect(int port) {
		return TestTls.client().connect(port, 0);
	}

	private static String subject(int port) throws Exception {
		return TestTls.client().subject(port);
	}

	private static String handshake(SSLSocket socket, int port) throws Exception {
		socket.getOutputStream()
			.write(("GET /ws HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					+ "Origin: https://localhost:" + port + "\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
				.getBytes());
		byte[] buffer = new byte[4096];
		return new String(buffer, 0, socket.getInputStream().read(buffer));
	}

	/** As Kubernetes probes: by IP address, which the certificate does not name. */
	private static void assertHealthUnderItsAddress(int port) throws Exception {
		try (SSLSocket socket = connect(port)) {
			socket.getOutputStream()
				.write("GET /actuator/health/liveness HTTP/1.1\r\nHost: 10.1.2.3:8443\r\n\r\n".getBytes());
			assertThat(new String(socket.getInputStream().readNBytes(12))).isEqualTo("HTTP/1.1 200");
		}
		try (SSLSocket socket = connect(port)) {
			socket.getOutputStream().write("GET /oauth2/jwks HTTP/1.1\r\nHost: 10.1.2.3:8443\r\n\r\n".getBytes());
			assertThat(new String(socket.getInputStream().readNBytes(12))).isEqualTo("HTTP/1.1 421");
		}
	}

	@Test
	void socketWhenOverTlsThenOpensAndANewCertificateIsTakenIntoUse() throws Exception {
		Path store = certificate("first");
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.connect.timeout=1m", "server.ssl.bundle=web",
				"spring.ssl.bundle.jks.web.keystore.location=file:" + store,
				"spring.ssl.bundle.jks.web.keystore.password=changeit",
				"spring.ssl.bundle.jks.web.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms")) {
			try (SSLSocket socket = connect(node.port())) {
				assertThat(handshake(socket, node.port())).startsWith("HTTP/1.1 101")
					.contains("Strict-Transport-Security: max-age=31536000");
				assertThat(subject(node.port())).isEqualTo("CN=first");
				Files.move(certificate("second"), store, StandardCopyOption.REPLACE_EXISTING);
				Awaitility.await().until(() -> subject(node.port()).equals("CN=second"));
				assertHealthUnderItsAddress(node.port());
				// What is open stays open: it is still there to answer a ping.
				socket.getOutputStream().write(new byte[] { (byte) 0x89, (byte) 0x80, 0, 0, 0, 0 });
				assertThat(socket.getInputStream().read()).isEqualTo(0x8a);
				Files.write(store, List.of("this is no certificate"));
				Files.move(certificate("third"), store, StandardCopyOption.REPLACE_EXISTING);
				Awaitility.await().until(() -> subject(node.port()).equals("CN=third"));
			}
		}
	}

	/**
	 * Two files that are replaced one after the other do not belong together meanwhile.
	 */
	@Test
	void certificateWhenItsKeyDoesNotMatchThenTheOldPairStaysAndItIsSaid(CapturedOutput output) throws Exception {
		KeyStore first = open(certificate("first"));
		writeCertificate(first);
		writeKey(first);
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "server.ssl.bundle=web",
				"spring.ssl.bundle.pem.web.keystore.certificate=file:" + this.folder.resolve("cert.pem"),
				"spring.ssl.bundle.pem.web.keystore.private-key=file:" + this.folder.resolve("key.pem"),
				"spring.ssl.bundle.pem.web.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms")) {
			assertThat(subject(node.port())).isEqualTo("CN=first");
			KeyStore second = open(certificate("second"));
			writeCertificate(second);
			Awaitility.await()
				.until(() -> output.getAll().contains("so the old one stays: the private key does not belong to it"));
			assertThat(subject(node.port())).isEqualTo("CN=first");
			writeKey(second);
			Awaitility.await().until(() -> subject(node.port()).equals("CN=second"));
		}
	}

	@Test
	void metricsWhenTlsIsAsOnThePageThenAreReadAsWithoutIt() throws Exception {
		KeyStore keys = open(certificate("gateway.example.org"));
		writeCertificate(keys);
		writeKey(keys);
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, propertiesOfThePage())) {
			assertThat(subject(node.port())).isEqualTo("CN=gateway.example.org");
			String port = node.bean(Environment.class).getProperty("local.management.port");
			URI metrics = URI.create("http://127.0.0.1:" + port + "/actuator/prometheus");
			assertThat(HttpClient.newHttpClient()
				.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.discarding())
				.statusCode()).isEqualTo(200);
		}
	}

	private String[] propertiesOfThePage() throws Exception {
		String block = Page.of("src/docs/deploying.md")
			.block("TLS", "yaml")
			.replace("/etc/usher/fullchain.pem", "file:" + this.folder.resolve("cert.pem"))
			.replace("/etc/usher/privkey.pem", "file:" + this.folder.resolve("key.pem"));
		MapPropertySource page = (MapPropertySource) new YamlPropertySourceLoader()
			.load("page", new ByteArrayResource(block.getBytes()))
			.get(0);
		return Stream
			.concat(Stream.of(page.getPropertyNames()).map((name) -> name + "=" + page.getProperty(name)),
					Stream.of("management.server.port=0"))
			.toArray(String[]::new);
	}

	private static KeyStore open(Path store) throws Exception {
		return KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
	}

	private void writeCertificate(KeyStore keys) throws Exception {
		pem("cert.pem", "CERTIFICATE", keys.getCertificate("web").getEncoded());
	}

	private void writeKey(KeyStore keys) throws Exception {
		pem("key.pem", "PRIVATE KEY", keys.getKey("web", "changeit".toCharArray()).getEncoded());
	}

	private void pem(String name, String type, byte[] der) throws Exception {
		Path aside = Files.writeString(this.folder.resolve(name + ".new"), "-----BEGIN " + type + "-----\n"
				+ Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + type + "-----\n");
		Files.move(aside, this.folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
	}

}
