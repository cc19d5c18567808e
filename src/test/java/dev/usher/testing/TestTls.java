package dev.usher.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
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

/**
 * A client of TLS that keeps its sessions, trusts every certificate and counts those it
 * was shown; and certificates for the gateway of a test.
 */
public final class TestTls {

	private static final String PASSWORD = "changeit";

	private static final String[] ELLIPTIC = { "EC", "-groupname", "secp256r1" };

	/** One for all gateways: to make one starts a process. */
	private static @Nullable Path shared;

	private final AtomicInteger certificates = new AtomicInteger();

	private final SSLContext context;

	private TestTls(KeyManager @Nullable [] keys) {
		try {
			this.context = SSLContext.getInstance("TLS");
			this.context.init(keys, new TrustManager[] { new TrustAll() }, null);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A client without sessions yet and without a certificate. */
	public static TestTls client() {
		return new TestTls(null);
	}

	/**
	 * A client that shows a certificate of its own.
	 * @param store as {@link #certificate} makes it
	 */
	public static TestTls client(Path store) {
		try (InputStream in = Files.newInputStream(store)) {
			KeyStore keys = KeyStore.getInstance("PKCS12");
			keys.load(in, PASSWORD.toCharArray());
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(keys, PASSWORD.toCharArray());
			return new TestTls(factory.getKeyManagers());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The properties that make a gateway speak TLS and nothing else. */
	public static synchronized String[] properties() {
		if (shared == null) {
			try {
				File folder = Files.createTempDirectory("usher-tls").toFile();
				folder.deleteOnExit();
				shared = certificate(folder.toPath(), "localhost");
				shared.toFile().deleteOnExit();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return properties(shared).toArray(String[]::new);
	}

	/** The same with a certificate of one's own. */
	public static List<String> properties(Path certificate) {
		return List.of("server.ssl.bundle=web", "spring.ssl.bundle.jks.web.keystore.location=file:" + certificate,
				"spring.ssl.bundle.jks.web.keystore.password=" + PASSWORD);
	}

	/**
	 * Makes a PKCS12 key store with a new key and a certificate for {@code localhost};
	 * its password is {@code changeit}.
	 * @param name of the file and in the certificate
	 * @param algorithm of the key and further options of {@code keytool}; an elliptic key
	 * where none is given
	 */
	public static Path certificate(Path folder, String name, String... algorithm) {
		Path file = folder.resolve(name + ".p12");
		ProcessBuilder keytool = new ProcessBuilder(
				Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-J" + JavaProcess.QUICK,
				"-genkeypair", "-alias", "web", "-storetype", "PKCS12", "-storepass", PASSWORD, "-dname", "CN=" + name,
				"-ext", "san=dns:localhost", "-keystore", file.toString(), "-keyalg");
		keytool.command().addAll(List.of((algorithm.length > 0) ? algorithm : ELLIPTIC));
		try {
			int exit = keytool.inheritIO().start().waitFor();
			if (exit != 0) {
				throw new AssertionError("keytool answered " + exit);
			}
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** For clients of HTTP that take a context. */
	public SSLContext context() {
		return this.context;
	}

	/** How many full handshakes there were: a resumed session shows no certificate. */
	public int certificates() {
		return this.certificates.get();
	}

	/** Opens a connection; the handshake is left to the caller. */
	public SSLSocket unconnected(int port) throws IOException {
		SSLSocket socket = (SSLSocket) this.context.getSocketFactory().createSocket("localhost", port);
		socket.setSoTimeout(30_000);
		return socket;
	}

	/**
	 * Opens a connection and shakes hands.
	 * @param protocols to offer, the platform's where none is given
	 */
	public SSLSocket connect(int port, String... protocols) throws IOException {
		SSLSocket socket = unconnected(port);
		if (protocols.length > 0) {
			socket.setEnabledProtocols(protocols);
		}
		socket.startHandshake();
		return socket;
	}

	/**
	 * Opens a connection and shakes hands.
	 * @param receiveBuffer bytes the kernel keeps for a client that does not read, 0 for
	 * its default
	 */
	public SSLSocket connect(int port, int receiveBuffer) {
		try {
			Socket plain = new Socket();
			if (receiveBuffer > 0) {
				plain.setReceiveBufferSize(receiveBuffer);
			}
			plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			plain.setSoTimeout(30_000);
			return over(plain);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Shakes hands over a connection that is open. */
	public SSLSocket over(Socket plain) {
		try {
			SSLSocket socket = (SSLSocket) this.context.getSocketFactory()
				.createSocket(plain, "localhost", plain.getPort(), true);
			socket.startHandshake();
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Connects and answers the name in the server's certificate. */
	public String subject(int port) throws IOException {
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
			TestTls.this.certificates.incrementAndGet();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
			TestTls.this.certificates.incrementAndGet();
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
