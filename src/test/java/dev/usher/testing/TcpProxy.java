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

	private final ServerSocket server;

	/** Keeps its port all the same: another program could take it meanwhile. */
	private volatile boolean cut;

	private volatile CountDownLatch gate = new CountDownLatch(0);

	private volatile CountDownLatch answers = new CountDownLatch(0);

	/** Starts one, on a port of its own. */
	public TcpProxy(int target) {
		this.target = target;
		this.server = listen();
		this.port = this.server.getLocalPort();
	}

	public int port() {
		return this.port;
	}

	private ServerSocket listen() {
		try {
			ServerSocket socket = new ServerSocket();
			socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
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
				connect(listening.accept());
			}
		}
		catch (IOException ex) {
			// It was closed.
		}
	}

	private void connect(Socket client) throws IOException {
		Socket server;
		try {
			server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			// Otherwise a small write waits for the acknowledgement of the one before it.
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
		}
		catch (IOException ex) {
			// The server is down, and may come back.
			client.close();
			return;
		}
		this.sockets.add(client);
		this.sockets.add(server);
		if (this.cut) {
			closeAll();
		}
		start(() -> copy(client, server, false));
		start(() -> copy(server, client, true));
	}

	private void copy(Socket from, Socket to, boolean answers) {
		byte[] buffer = new byte[8192];
		try (from; to) {
			int length = from.getInputStream().read(buffer);
			while (length > 0) {
				this.gate.await();
				if (answers) {
					this.answers.await();
				}
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

	/** Ends every connection, and each new one at once. */
	public void cut() {
		this.cut = true;
		closeAll();
	}

	/** Lets nothing through any more, and tells nobody. */
	public void hold() {
		this.gate = new CountDownLatch(1);
	}

	/** Lets nothing of what the server says through any more, but all that it is told. */
	public void holdAnswers() {
		this.answers = new CountDownLatch(1);
	}

	/**
	 * Says for the server that it has no more to say, and goes on telling it what it is
	 * told. New connections are whole.
	 */
	public void closeHalf() {
		for (Socket socket : this.sockets) {
			if (socket.getPort() != this.target) {
				try {
					socket.shutdownOutput();
				}
				catch (IOException ex) {
					// It has ended already.
				}
			}
		}
	}

	/** Works again. What was held arrives late, as it does in a network. */
	public void mend() {
		this.cut = false;
		this.gate.countDown();
		this.answers.countDown();
	}

	private void closeAll() {
		for (Socket socket : this.sockets) {
			try {
				socket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			this.sockets.remove(socket);
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		cut();
		this.gate.countDown();
		this.answers.countDown();
	}

}
