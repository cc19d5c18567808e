package dev.usher.jetty;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.net.ssl.SSLSocket;

import dev.usher.testing.JavaProcess;
import dev.usher.testing.TestTls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The packaged jar where the native library of Conscrypt cannot be loaded, or can. */
class TlsProviderIT {

	private static final List<String> PACKED = List.of("-jar", JavaProcess.jar());

	/** With a folder nobody can write a library to, be it root. */
	private static final List<String> NO_LIBRARY = Stream
		.concat(Stream.of("-Dorg.conscrypt.native.workdir=/proc"), JavaProcess.quickJar().stream())
		.toList();

	@TempDir
	private Path folder;

	private JavaProcess start(String provider, List<String> options) throws Exception {
		Path store = TestTls.certificate(this.folder, "web-" + provider + options.size(), "EC");
		List<String> all = new ArrayList<>(List.of(JavaProcess.QUICK));
		all.addAll(options);
		all.addAll(List.of("--usher.data=" + this.folder.resolve("data"), "--server.port=0",
				"--management.server.port=0", "--usher.tls.provider=" + provider, "--server.ssl.bundle=web",
				"--spring.ssl.bundle.jks.web.keystore.location=file:" + store,
				"--spring.ssl.bundle.jks.web.keystore.password=changeit"));
		return JavaProcess.start(all.toArray(String[]::new));
	}

	@Test
	void conscryptWhenItsLibraryDoesNotLoadThenTheJdkServesOrTheStartSaysSo() throws Exception {
		try (JavaProcess gateway = start("auto", NO_LIBRARY)) {
			int port = port(gateway);
			assertThat(gateway.output())
				.containsOnlyOnce("TLS is the JDK's, because Conscrypt cannot be used here: its native library");
			try (SSLSocket socket = TestTls.client().connect(port)) {
				assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
			}
		}
		try (JavaProcess gateway = start("conscrypt", NO_LIBRARY)) {
			assertThat(gateway.awaitExit()).isOne();
			assertThat(gateway.output())
				.contains("usher.tls.provider must not be conscrypt here: its native library does not load")
				.doesNotContain("\tat ");
		}
	}

	@Test
	void conscryptWhenItsLibraryLoadsThenNothingIsSaidOfIt() throws Exception {
		try (JavaProcess gateway = start("auto", PACKED)) {
			try (SSLSocket socket = TestTls.client().connect(port(gateway))) {
				assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
			}
			assertThat(gateway.output()).doesNotContain("TLS is the JDK's")
				.doesNotContain("native-access")
				.doesNotContain("WARN");
		}
	}

	private static int port(JavaProcess gateway) {
		String url = gateway.awaitOutput("Usher is up on ").split("Usher is up on ", 2)[1];
		return Integer.parseInt(url.split("localhost:", 2)[1].split("\\D", 2)[0]);
	}

}
