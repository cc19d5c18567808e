package dev.usher.jetty;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client of TLS that keeps its sessions, trusts everybody and counts how often it was
 * asked to: a session that is resumed shows no certificate.
 */
final class TlsPeer {

	private static final String PASSWORD = "changeit";

	private final AtomicInteger certificates = new AtomicInteger();

	private final SSLContext context;

	private TlsPeer(KeyManager @Nullable [] keys) throws Exception {
		this.context = SSLContext.getInstance("TLS");
		this.context.init(keys, new TrustManager[] { new TrustAll() }, null);
	}

	static TlsPeer create() throws Exception {
		return new TlsPeer(null);
	}

	/** One with a certificate of its own. */
	static TlsPeer with(Path store) throws Exception {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(store)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		factory.init(keys, PASSWORD.toCharArray());
		return new TlsPeer(factory.getKeyManagers());
	}

	/** Makes a key and its certificate; the store's password is {@code changeit}. */
	static Path certificate(Path folder, String name, String... algorithm) throws Exception {
		Path file = folder.resolve(name + ".p12");
		ProcessBuilder keytool = new ProcessBuilder(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "web",
				"-storetype", "PKCS12", "-storepass", PASSWORD, "-dname", "CN=" + name, "-ext", "san=dns:localhost",
				"-keystore", file.toString(), "-keyalg");
		keytool.command().addAll(List.of(algorithm));
		assertThat(keytool.inheritIO().start().waitFor()).isZero();
		return file;
	}

	/** How many full handshakes there were. */
	int certificates() {
		return this.certificates.get();
	}

	/** Before its handshake. */
	SSLSocket unconnected(int port) throws IOException {
		SSLSocket socket = (SSLSocket) this.context.getSocketFactory().createSocket("localhost", port);
		socket.setSoTimeout(30_000);
		return socket;
	}

	SSLSocket connect(int port, String... protocols) throws IOException {
		SSLSocket socket = unconnected(port);
		if (protocols.length > 0) {
			socket.setEnabledProtocols(protocols);
		}
		socket.startHandshake();
		return socket;
	}

	/** The name in the server's certificate. */
	String subject(int port) throws Exception {
		try (SSLSocket socket = connect(port)) {
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	private final class TrustAll extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
			TlsPeer.this.certificates.incrementAndGet();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
