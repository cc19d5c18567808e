package dev.usher.http;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLSocket;

import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import dev.usher.testing.TestTls;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** TLS of the gateway itself, with a certificate that is replaced while it runs. */
class TlsTests {

	@TempDir
	private Path folder;

	private Path certificate(String name) {
		return TestTls.certificate(this.folder, name);
	}

	private static SSLSocket connect(int port) {
		return TestTls.connect(port, 0);
	}

	private static String subject(int port) throws Exception {
		try (SSLSocket socket = connect(port)) {
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
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

	@Test
	void socketWhenOverTlsThenOpensAndANewCertificateIsTakenIntoUse() throws Exception {
		Path store = certificate("first");
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "usher.connect.timeout=5m", "server.ssl.bundle=web",
				"spring.ssl.bundle.jks.web.keystore.location=file:" + store,
				"spring.ssl.bundle.jks.web.keystore.password=changeit",
				"spring.ssl.bundle.jks.web.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms")) {
			try (SSLSocket socket = connect(node.port())) {
				assertThat(handshake(socket, node.port())).startsWith("HTTP/1.1 101")
					.contains("Strict-Transport-Security: max-age=31536000");
				assertThat(subject(node.port())).isEqualTo("CN=first");
				Files.move(certificate("second"), store, StandardCopyOption.REPLACE_EXISTING);
				Awaitility.await().until(() -> subject(node.port()).equals("CN=second"));
				// What is open stays open: it is still there to answer a ping.
				socket.getOutputStream().write(new byte[] { (byte) 0x89, (byte) 0x80, 0, 0, 0, 0 });
				assertThat(socket.getInputStream().read()).isEqualTo(0x8a);
				Files.write(store, List.of("this is no certificate"));
				Files.move(certificate("third"), store, StandardCopyOption.REPLACE_EXISTING);
				Awaitility.await().until(() -> subject(node.port()).equals("CN=third"));
			}
		}
	}

}
