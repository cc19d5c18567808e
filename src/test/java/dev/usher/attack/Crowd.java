package dev.usher.attack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;

/**
 * Many clients who do what a caller may and then read nothing, or only as much as they
 * like. Each is a user of its own, so that no limit of a user counts, and has a receive
 * buffer so small that what it is sent waits on the other side. Any of them may be thrown
 * out at any moment: what it had left to do is then not done.
 */
final class Crowd implements AutoCloseable {

	/** The first part of their names, by which the log can be searched. */
	static final String NAME = "crowd-";

	private static final int RECEIVE_BUFFER = 2048;

	private static final int HANDS = 4;

	private static final long PATIENCE_SECONDS = 30;

	private static final AtomicInteger names = new AtomicInteger();

	private final Target target;

	private final Collection<RawWebSocket> sockets = new ConcurrentLinkedQueue<>();

	private final ExecutorService hands = Executors.newFixedThreadPool(HANDS, Crowd::daemon);

	private final ExecutorService eyes = Executors.newCachedThreadPool(Crowd::daemon);

	Crowd(Target target) {
		this.target = target;
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task, "crowd");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Lets so many more come in as users of the trusted issuer.
	 * @return how many of them had a session
	 */
	int join(int count, Consumer<StompClient> deed) {
		return each(count, (number) -> {
			RawWebSocket socket = open(Map.of());
			StompClient client = new StompClient(socket);
			client.sendConnect(Target.token(NAME + names.getAndIncrement())).expect("CONNECTED");
			return client;
		}, deed);
	}

	/**
	 * Lets so many more come, each from an address of its own as far as the proxy says,
	 * who have no session.
	 * @return how many of them had a socket
	 */
	int gather(int count, Consumer<StompClient> deed) {
		return each(count, (number) -> new StompClient(
				open(Map.of("X-Forwarded-For", "10." + number / 250 + "." + number % 250 + ".7"))), deed);
	}

	private RawWebSocket open(Map<String, String> headers) {
		RawWebSocket socket = RawWebSocket.open(this.target.port(), "/ws", headers, RECEIVE_BUFFER);
		this.sockets.add(socket);
		if (socket.handshake().status() != 101) {
			throw new AssertionError(socket.handshake());
		}
		return socket;
	}

	private int each(int count, IntFunction<StompClient> opening, Consumer<StompClient> deed) {
		AtomicInteger inside = new AtomicInteger();
		List<Callable<Void>> tasks = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			int number = i;
			tasks.add(() -> {
				StompClient client = opening.apply(number);
				inside.incrementAndGet();
				deed.accept(client);
				return null;
			});
		}
		try {
			this.hands.invokeAll(tasks, PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return inside.get();
	}

	/** Lets all who are inside by now do something more. */
	void all(Consumer<StompClient> deed) {
		List<RawWebSocket> inside = List.copyOf(this.sockets);
		each(inside.size(), (number) -> new StompClient(inside.get(number)), deed);
	}

	/** Reads all that one of them is sent from here on, and does nothing with it. */
	void drain(StompClient client) {
		this.eyes.execute(client.socket()::drain);
	}

	/** Sends bytes that were made once for all of them. */
	static Consumer<StompClient> sending(byte[]... messages) {
		return (client) -> {
			for (byte[] message : messages) {
				client.socket().sendBytes(message);
			}
		};
	}

	/** Several frames, as the bytes of one WebSocket message. */
	static byte[] together(int count, IntFunction<StompFrame> frames) {
		StringBuilder all = new StringBuilder();
		for (int i = 0; i < count; i++) {
			all.append(new String(frames.apply(i).bytes(), StandardCharsets.UTF_8));
		}
		return RawWebSocket.frame(0x81, all.toString().getBytes(StandardCharsets.UTF_8));
	}

	/** All of them cut their connections. */
	@Override
	public void close() {
		this.sockets.forEach(RawWebSocket::close);
		this.hands.shutdownNow();
		this.eyes.shutdownNow();
	}

}
