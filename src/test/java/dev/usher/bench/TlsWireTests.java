package dev.usher.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The TLS of the load, against the JDK's own sockets.
 */
class TlsWireTests {

	private static final int SIZE = 3_000_000;

	@TempDir
	private Path folder;

	private SSLServerSocket server() throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(this.folder.resolve("tls.p12"))) {
			store.load(in, "benchmark".toCharArray());
		}
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, "benchmark".toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		return (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0);
	}

	/** Reads everything before it answers, so that the client's socket fills up. */
	private static void echo(SSLServerSocket server) {
		try (SSLSocket socket = (SSLSocket) server.accept()) {
			byte[] all = new byte[SIZE];
			new DataInputStream(socket.getInputStream()).readFully(all);
			socket.getOutputStream().write(all);
		}
		catch (IOException ex) {
			throw new BenchmarkException("echo", ex);
		}
	}

	@Test
	@Timeout(60)
	void writeAndReadWhenTheSocketIsSlowerThenEveryByteComesOnceAndTheEndIsSeen() throws Exception {
		Tls tls = Tls.create(this.folder);
		byte[] sent = new byte[SIZE];
		new Random(1).nextBytes(sent);
		try (SSLServerSocket server = server(); Selector selector = Selector.open()) {
			CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echo(server));
			SocketChannel channel = SocketChannel.open(new InetSocketAddress("localhost", server.getLocalPort()));
			channel.configureBlocking(false);
			SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
			Wire wire = tls.wires().apply(channel);
			wire.open(ByteBuffer.wrap(sent, 0, 10));
			ByteBuffer out = ByteBuffer.wrap(sent, 10, SIZE - 10);
			ByteBuffer in = ByteBuffer.allocate(SIZE + (1 << 18));
			boolean inHandshake = true;
			int read = 0;
			while (read >= 0) {
				boolean writing = !inHandshake && (out.hasRemaining() || wire.isBehind());
				key.interestOps(writing ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
				selector.select((ready) -> {
				});
				read = wire.read(in);
				inHandshake &= ((TlsWire) wire).isInHandshake();
				if (!inHandshake) {
					wire.write(out);
				}
			}
			assertThat(in.flip().compareTo(ByteBuffer.wrap(sent))).isZero();
			echo.join();
			wire.close();
		}
	}

	@Test
	void settingsWhenTlsIsNeitherOfTheThreeThenNamesTheProperty() {
		System.setProperty("bench.tls", "yes");
		try {
			assertThatThrownBy(Settings::fromSystemProperties)
				.hasMessage("bench.tls must be one of [true, false, both], but is yes");
		}
		finally {
			System.clearProperty("bench.tls");
		}
	}

}
