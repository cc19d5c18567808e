package dev.usher.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS 1.3 with one certificate for all servers, an EC one on P-256 made for this run. The
 * load is a client that has never been here: every handshake is a full one. Like a
 * browser it prefers AES-128-GCM and sends a key share for X25519 alone.
 */
final class Tls {

	private static final String PASSWORD = "benchmark";

	private static final String ALIAS = "web";

	private static final String[] CIPHERS = { "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
			"TLS_CHACHA20_POLY1305_SHA256" };

	private final Path certificate;

	private final Path key;

	private final SSLContext clients;

	private Tls(Path certificate, Path key, SSLContext clients) {
		this.certificate = certificate;
		this.key = key;
		this.clients = clients;
	}

	/** Makes a certificate and its key, and writes both to a folder. */
	static Tls create(Path folder) {
		// Read once, when the first handshake begins. A key share for a second curve
		// would cost the load what no browser pays.
		System.setProperty("jdk.tls.namedGroups", "x25519");
		try {
			KeyStore store = generate(folder.resolve("tls.p12"));
			Path certificate = pem(folder.resolve("tls.crt"), "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
			Path key = pem(folder.resolve("tls.key"), "PRIVATE KEY",
					store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(trusting(store));
			SSLContext clients = SSLContext.getInstance("TLS");
			clients.init(null, trust.getTrustManagers(), null);
			return new Tls(certificate, key, clients);
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new BenchmarkException("Cannot make a certificate: " + ex.getMessage(), ex);
		}
	}

	private static KeyStore generate(Path file) throws IOException, GeneralSecurityException {
		Process keytool = new ProcessBuilder(Machine.javaTool("keytool"), "-genkeypair", "-alias", ALIAS, "-keyalg",
				"EC", "-groupname", "secp256r1", "-storetype", "PKCS12", "-storepass", PASSWORD, "-dname",
				"CN=benchmark", "-ext", "san=ip:127.0.0.1", "-validity", "30", "-keystore", file.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(keytool.getInputStream().readAllBytes());
		try {
			if (keytool.waitFor() != 0) {
				throw new BenchmarkException("keytool: " + output);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new BenchmarkException("Interrupted", ex);
		}
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(file)) {
			store.load(in, PASSWORD.toCharArray());
		}
		return store;
	}

	private static KeyStore trusting(KeyStore store) throws IOException, GeneralSecurityException {
		KeyStore trusting = KeyStore.getInstance("PKCS12");
		trusting.load(null, null);
		trusting.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
		return trusting;
	}

	private static Path pem(Path file, String what, byte[] content) throws IOException {
		return Files.writeString(file,
				"-----BEGIN " + what + "-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content) + "\n-----END " + what
						+ "-----\n");
	}

	/** Arguments of a Spring Boot application that listens with this certificate. */
	List<String> springArguments() {
		return List.of("--server.ssl.bundle=web",
				"--spring.ssl.bundle.pem.web.keystore.certificate=" + this.certificate,
				"--spring.ssl.bundle.pem.web.keystore.private-key=" + this.key);
	}

	/** What stands in a listener's block of a NATS server's configuration. */
	String natsBlock() {
		return "tls { cert_file: \"%s\", key_file: \"%s\" }".formatted(this.certificate, this.key);
	}

	/** For all connections of one loop. */
	Function<SocketChannel, Wire> wires() {
		TlsWire.Buffers buffers = new TlsWire.Buffers();
		return (channel) -> new TlsWire(channel, engine(), buffers);
	}

	private SSLEngine engine() {
		// Without the name of a peer there is nothing to resume a session by.
		SSLEngine engine = this.clients.createSSLEngine();
		engine.setUseClientMode(true);
		engine.setEnabledProtocols(new String[] { "TLSv1.3" });
		engine.setEnabledCipherSuites(CIPHERS);
		return engine;
	}

}
