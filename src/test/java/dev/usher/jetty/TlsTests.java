package dev.usher.jetty;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLSocket;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.jetty.JettyWebServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** TLS of the gateway itself, the same whoever implements it. */
class TlsTests {

	/** From a handshake record to the end: TLS 1.1, one suite of its time. */
	private static final String HELLO_OF_TLS_1_1 = "160301002f" + "0100002b" + "0302" + "11".repeat(32) + "00"
			+ "0004c009c013" + "0100";

	@TempDir
	private static Path folder;

	private static final Map<String, HttpNode> nodes = new HashMap<>();

	private static Path trusted;

	/** One for each engine, with a certificate of its own and a wish for the client's. */
	@BeforeAll
	static void start() throws Exception {
		trusted = TestTls.certificate(folder, "trusted", "EC");
		for (String provider : List.of("jdk", "auto")) {
			Path store = TestTls.certificate(folder, provider, "EC", "-groupname", "secp256r1");
			nodes.put(provider,
					HttpNode.start(Store.EMBEDDED, "usher.tls.provider=" + provider, "server.ssl.bundle=web",
							"server.ssl.client-auth=want", "usher.connect.timeout=5m",
							"spring.ssl.bundle.jks.web.keystore.location=file:" + store,
							"spring.ssl.bundle.jks.web.keystore.password=changeit",
							"spring.ssl.bundle.jks.web.truststore.location=file:" + trusted,
							"spring.ssl.bundle.jks.web.truststore.password=changeit",
							"spring.ssl.bundle.jks.web.reload-on-update=true",
							"spring.ssl.bundle.watch.file.quiet-period=100ms"));
		}
	}

	@AfterAll
	static void stop() {
		nodes.values().forEach(HttpNode::close);
	}

	private static String engine(HttpNode node) {
		JettyWebServer server = (JettyWebServer) node.webServer();
		return server.getServer().getConnectors()[0].getConnectionFactory(SslConnectionFactory.class)
			.getSslContextFactory()
			.getSslContext()
			.getProvider()
			.getName();
	}

	private static String handshake(SSLSocket socket, int port) throws IOException {
		return ask(socket,
				"GET /ws HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
						+ "Origin: https://localhost:" + port + "\r\nSec-WebSocket-Version: 13\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
	}

	private static String ask(SSLSocket socket, String request) throws IOException {
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		byte[] buffer = new byte[4096];
		return new String(buffer, 0, socket.getInputStream().read(buffer), StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@CsvSource({ "jdk, SunJSSE", "auto, Conscrypt" })
	void socketWhenOverTlsThenOpensAndANewCertificateIsTakenIntoUse(String provider, String engine) throws Exception {
		HttpNode node = nodes.get(provider);
		try (SSLSocket socket = TestTls.client().connect(node.port())) {
			assertThat(engine(node)).isEqualTo(engine);
			assertThat(handshake(socket, node.port())).startsWith("HTTP/1.1 101")
				.contains("Strict-Transport-Security: max-age=31536000");
			assertThat(TestTls.client().subject(node.port())).isEqualTo("CN=" + provider);
			replace(provider, "second", "EC");
			Awaitility.await().until(() -> TestTls.client().subject(node.port()).equals("CN=second"));
			assertThat(engine(node)).isEqualTo(engine);
			// What is open stays open: it is still there to answer a ping.
			socket.getOutputStream().write(new byte[] { (byte) 0x89, (byte) 0x80, 0, 0, 0, 0 });
			assertThat(socket.getInputStream().read()).isEqualTo(0x8a);
			Files.write(folder.resolve(provider + ".p12"), List.of("this is no certificate"));
			replace(provider, "third", "RSA");
			Awaitility.await().until(() -> TestTls.client().subject(node.port()).equals("CN=third"));
		}
	}

	private static void replace(String provider, String name, String algorithm) throws Exception {
		Files.move(TestTls.certificate(folder, name, algorithm), folder.resolve(provider + ".p12"),
				StandardCopyOption.REPLACE_EXISTING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "auto" })
	void sessionWhenTheClientComesAgainThenIsResumed(String provider) throws Exception {
		int port = nodes.get(provider).port();
		for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
			TestTls peer = TestTls.client();
			for (int i = 0; i < 3; i++) {
				try (SSLSocket socket = peer.connect(port, protocol)) {
					assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
					assertThat(socket.getSession().getCipherSuite()).contains("_GCM_");
					assertThat(handshake(socket, port)).startsWith("HTTP/1.1 101");
				}
			}
			assertThat(peer.certificates()).as(protocol).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "auto" })
	void helloWhenOfAnOldProtocolOrAWeakSuiteThenIsRefused(String provider) throws Exception {
		int port = nodes.get(provider).port();
		try (Socket socket = new Socket("localhost", port)) {
			socket.setSoTimeout(30_000);
			socket.getOutputStream().write(HexFormat.of().parseHex(HELLO_OF_TLS_1_1));
			byte[] alert = new byte[7];
			new DataInputStream(socket.getInputStream()).readFully(alert);
			// An alert, fatal, protocol_version: RFC 5246, section 7.2.
			assertThat(alert[0]).isEqualTo((byte) 21);
			assertThat(Arrays.copyOfRange(alert, 5, 7)).as(HexFormat.of().formatHex(alert)).containsExactly(2, 70);
		}
		TestTls peer = TestTls.client();
		assertThatIOException().isThrownBy(() -> {
			try (SSLSocket socket = peer.unconnected(port)) {
				socket.setEnabledProtocols(new String[] { "TLSv1.2" });
				socket.setEnabledCipherSuites(
						new String[] { "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
								"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_RSA_WITH_AES_128_GCM_SHA256" });
				socket.startHandshake();
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "auto" })
	void bodyWhenLongerThanSeveralRecordsThenComesWholeEitherWay(String provider) throws Exception {
		int port = nodes.get(provider).port();
		try (SSLSocket socket = TestTls.client().connect(port)) {
			socket.getOutputStream()
				.write(("GET /openapi HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n")
					.getBytes());
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HTTP/1.1 200").hasSizeGreaterThan(33_000);
			assertThat(answer.replaceFirst("\r\n0\r\n\r\n$", "")).endsWith("}");
		}
		try (SSLSocket socket = TestTls.client().connect(port)) {
			String login = "{\"username\":\"alice\",\"password\":\"" + "x".repeat(50_000) + "\"}";
			String request = "POST /auth/login HTTP/1.1\r\nHost: localhost:" + port
					+ "\r\nContent-Type: application/json\r\nContent-Length: " + login.length() + "\r\n\r\n";
			assertThat(ask(socket, request + login)).startsWith("HTTP/1.1 401");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdk", "auto" })
	void clientWhenItHasACertificateThenItMustBeATrustedOne(String provider) throws Exception {
		int port = nodes.get(provider).port();
		try (SSLSocket socket = TestTls.client(trusted).connect(port)) {
			assertThat(handshake(socket, port)).startsWith("HTTP/1.1 101");
		}
		// Of the same name, or the client would not show it.
		Path other = Files.createDirectory(folder.resolve("stranger-" + provider));
		TestTls stranger = TestTls.client(TestTls.certificate(other, "trusted", "EC"));
		assertThatIOException().isThrownBy(() -> {
			try (SSLSocket socket = stranger.connect(port)) {
				handshake(socket, port);
			}
		});
	}

}
