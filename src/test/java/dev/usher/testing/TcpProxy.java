package dev.usher.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Stands between the gateway and a server on this machine, and can be down as that server
 * would be, or silent as a broken network is.
 */
public final class TcpProxy implements AutoCloseable {

	private final int target;

	private final int port;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private ServerSocket server;

	private volatile CountDownLatch gate = new CountDownLatch(0);

	/** Starts one, on a port of its own. */
	public TcpProxy(int target) {
		this.target = target;
		this.server = listen(0);
		this.port = this.server.getLocalPort();
	}

	public int port() {
		return this.port;
	}

	private ServerSocket listen(int port) {
		try {
			ServerSocket socket = new ServerSocket();
			socket.setReuseAddress(true);
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			start(() -> accept(socket));
			return socket;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept(ServerSocket listening) {
		try {
			while (true) {
				Socket client = listening.accept();
				this.sockets.add(client);
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.add(server);
				start(() -> copy(client, server));
				start(() -> copy(server, client));
			}
		}
		catch (IOException ex) {
			// It was cut.
		}
	}

	private void copy(Socket from, Socket to) {
		byte[] buffer = new byte[8192];
		try (from; to) {
			int length = from.getInputStream().read(buffer);
			while (length > 0) {
				this.gate.await();
				to.getOutputStream().write(buffer, 0, length);
				length = from.getInputStream().read(buffer);
			}
		}
		catch (IOException ex) {
			// One of them is gone, so the other goes.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Ends every connection and refuses new ones. */
	public void cut() {
		closeAll(this.server);
	}

	/** Lets nothing through any more, and tells nobody. */
	public void hold() {
		this.gate = new CountDownLatch(1);
	}

	/** Works again. What was held arrives late, as it does in a network. */
	public void mend() {
		if (this.server.isClosed()) {
			this.server = listen(this.port);
		}
		this.gate.countDown();
	}

	private void closeAll(ServerSocket listening) {
		try {
			listening.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
			this.sockets.clear();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		closeAll(this.server);
		this.gate.countDown();
	}

}
