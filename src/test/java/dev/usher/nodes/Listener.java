package dev.usher.nodes;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;

/**
 * A client with a thread that reads, and notes when what came. Any thread may send.
 */
final class Listener implements AutoCloseable {

	private static final long PATIENCE = 60;

	private static final Duration SILENCE = Duration.ofMinutes(5);

	private final StompClient client;

	private final Consumer<Arrival> consumer;

	private final Queue<Arrival> messages = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	private final Map<String, CompletableFuture<StompFrame>> receipts = new ConcurrentHashMap<>();

	private final AtomicInteger receipt = new AtomicInteger();

	private final CompletableFuture<Ended> ended = new CompletableFuture<>();

	/**
	 * A MESSAGE.
	 *
	 * @param at when it came, in nanoseconds of the machine
	 */
	record Arrival(Listener by, StompFrame frame, long at) {

		long offset() {
			return Long.parseLong(this.frame.header("offset"));
		}

		boolean redelivered() {
			return "true".equals(this.frame.header("redelivered"));
		}

		void acknowledge() {
			this.by.send(StompFrame.of("ACK", "id:" + this.frame.header("ack")));
		}

		void refuse() {
			this.by.send(StompFrame.of("NACK", "id:" + this.frame.header("ack")));
		}

	}

	/**
	 * The end of the connection.
	 *
	 * @param code the code of the ERROR, or {@code cut}
	 * @param at when it came, in nanoseconds of the machine
	 */
	record Ended(String code, long at) {

	}

	private Listener(StompClient client, Consumer<Arrival> consumer) {
		this.client = client;
		this.consumer = consumer;
	}

	static Listener connect(ClusterNode node, String token) {
		return connect(node, token, (arrival) -> {
		});
	}

	/**
	 * Connects to a node.
	 * @param consumer called with each MESSAGE on the thread that reads
	 */
	static Listener connect(ClusterNode node, String token, Consumer<Arrival> consumer) {
		Listener listener = new Listener(StompClient.connect(node.port(), token), consumer);
		listener.client.socket().patience(SILENCE);
		Thread thread = new Thread(null, listener::read, "listener", 256 * 1024);
		thread.setDaemon(true);
		thread.start();
		return listener;
	}

	private void read() {
		String code = "cut";
		long at = 0;
		try {
			while (true) {
				RawWebSocket.Frame frame = this.client.readMessage();
				long now = System.nanoTime();
				if (frame.opcode() == RawWebSocket.CLOSE) {
					this.ended.complete(new Ended((at != 0) ? code : frame.closeReason(), (at != 0) ? at : now));
					return;
				}
				StompFrame stomp = StompFrame.parse(frame.payload());
				if (stomp.command().equals("ERROR")) {
					code = stomp.header("code");
					at = now;
				}
				take(stomp, now);
			}
		}
		catch (Throwable ex) {
			this.ended.complete(new Ended(code, System.nanoTime()));
		}
		finally {
			this.receipts.values().forEach((each) -> each.completeExceptionally(new IllegalStateException("ended")));
		}
	}

	private void take(StompFrame frame, long now) {
		if (frame.command().equals("RECEIPT")) {
			Objects.requireNonNull(this.receipts.remove(frame.header("receipt-id"))).complete(frame);
		}
		else if (frame.command().equals("MESSAGE")) {
			Arrival arrival = new Arrival(this, frame, now);
			this.messages.add(arrival);
			this.count.incrementAndGet();
			this.consumer.accept(arrival);
		}
	}

	synchronized void send(StompFrame frame) {
		this.client.send(frame);
	}

	/** Sends a frame and waits for its RECEIPT. */
	StompFrame receipt(StompFrame frame) {
		String id = "r" + this.receipt.incrementAndGet();
		CompletableFuture<StompFrame> answer = new CompletableFuture<>();
		this.receipts.put(id, answer);
		frame.headers().put("receipt", id);
		send(frame);
		return await(answer);
	}

	/** Subscribes and gives the RECEIPT. */
	StompFrame subscribe(String destination, String... headers) {
		StompFrame frame = StompFrame.of("SUBSCRIBE", headers);
		frame.headers().put("id", destination.replace('/', '-'));
		frame.headers().put("destination", destination);
		return receipt(frame);
	}

	int count() {
		return this.count.get();
	}

	List<Arrival> messages() {
		return List.copyOf(this.messages);
	}

	boolean isOpen() {
		return !this.ended.isDone();
	}

	/** Waits for the end. */
	Ended awaitEnd() {
		return await(this.ended);
	}

	/** Waits for the end, however long it takes. */
	void join() {
		this.ended.join();
	}

	private <T> T await(CompletableFuture<T> future) {
		try {
			return future.get(PATIENCE, TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (TimeoutException ex) {
			throw new AssertionError("nothing within " + PATIENCE + " s; came: " + this.messages, ex);
		}
	}

	@Override
	public void close() {
		this.client.close();
	}

}
