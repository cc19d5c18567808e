package dev.usher.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS for a gateway of a test, and clients that trust whatever certificate it has. */
public final class TestTls {

	private static final String PASSWORD = "changeit";

	/** One for all gateways: to make one starts a process. */
	private static Path shared;

	private TestTls() {
	}

	/** What makes a gateway speak TLS and nothing else. */
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
	 * Makes a key store with a new key and a certificate for {@code localhost}.
	 * @param name of the file and in the certificate
	 */
	public static Path certificate(Path folder, String name) {
		Path file = folder.resolve(name + ".p12");
		try {
			int exit = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-alias", "web", "-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12",
					"-storepass", PASSWORD, "-dname", "CN=" + name, "-ext", "san=dns:localhost", "-keystore",
					file.toString())
				.inheritIO()
				.start()
				.waitFor();
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

	/** For a client that trusts everybody. */
	public static SSLContext context() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new TrustAll() }, new SecureRandom());
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Opens a connection and shakes hands.
	 * @param receiveBuffer bytes the kernel keeps for a client that does not read, 0 for
	 * its default
	 */
	public static SSLSocket connect(int port, int receiveBuffer) {
		try {
			Socket plain = new Socket();
			if (receiveBuffer > 0) {
				plain.setReceiveBufferSize(receiveBuffer);
			}
			plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			plain.setSoTimeout(10_000);
			return over(plain);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Shakes hands over a connection that is open. */
	public static SSLSocket over(Socket plain) {
		try {
			SSLSocket socket = (SSLSocket) context().getSocketFactory()
				.createSocket(plain, "localhost", plain.getPort(), true);
			socket.startHandshake();
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class TrustAll extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
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
