package dev.usher.socket;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;

/**
 * One connection that stops reading now and then and goes on, and checks that each of its
 * subscriptions gets every message once and in order. Sends nothing once it reads, and
 * agrees on no heart-beats: nothing of it wakes what waits.
 */
final class PausingReader implements Runnable {

	static final String USER = "pausing";

	static final String LIVE = "/topic/live";

	/** What the kernel keeps for it. */
	private static final int RECEIVE_BUFFER = 8 * 1024;

	private static final int PAUSE_EVERY = 60;

	private static final int LONGEST_PAUSE = 200;

	private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private final StompClient client;

	private final Pace pace;

	private final Random random;

	private final int live;

	private final int stored;

	private final int bursts;

	/** The number of the next message of each subscription, by its id. */
	private final Map<String, Integer> next = new HashMap<>();

	private long got;

	PausingReader(StompClient client, Pace pace, int live, int stored, int bursts, long seed) {
		this.client = client;
		this.pace = pace;
		this.live = live;
		this.stored = stored;
		this.bursts = bursts;
		this.random = new Random(seed);
	}

	static StompClient connect(TestGateway gateway, boolean tls) {
		RawWebSocket socket = (tls) ? RawWebSocket.openSecure(gateway.port(), "/ws", Map.of(), RECEIVE_BUFFER)
				: RawWebSocket.open(gateway.port(), "/ws", Map.of(), RECEIVE_BUFFER);
		StompClient client = new StompClient(socket);
		client.sendConnect(gateway.token(USER)).expect("CONNECTED");
		return client;
	}

	/**
	 * Its ids begin with the prefix: those who use the same ones share what is encoded.
	 */
	void subscribe(String prefix) {
		for (int i = 0; i < this.live; i++) {
			this.client.subscribe(prefix + "live" + i, LIVE);
		}
		List<StompFrame> frames = new ArrayList<>();
		for (int i = 0; i < this.stored; i++) {
			frames.add(StompFrame.of("SUBSCRIBE", "id:" + prefix + "stored" + i, "destination:/user/queue/log",
					"offset:0"));
		}
		if (!frames.isEmpty()) {
			this.client.sendTogether(frames.toArray(StompFrame[]::new));
		}
	}

	@Override
	public void run() {
		try {
			for (int burst = 0; burst < this.bursts; burst++) {
				read(burst);
				this.pace.through();
			}
		}
		catch (RuntimeException | AssertionError ex) {
			this.pace.failed(new AssertionError(this.got + " of " + this.pace.expected(this.live, this.stored)
					+ " messages arrived at a connection with " + this.live + " live and " + this.stored
					+ " stored subscriptions: " + ex.getMessage(), ex));
		}
	}

	/** Reads until the burst is at its end and all of it has arrived. */
	private void read(int burst) {
		boolean last = false;
		while (!last || this.got < this.pace.expected(this.live, this.stored)) {
			// Asked before what is expected: nothing more comes after the end.
			last = this.pace.bursts() > burst;
			if (this.got < this.pace.expected(this.live, this.stored)) {
				pauseNowAndThen(burst);
				take(this.client.read());
			}
			else if (!last) {
				this.pace.awaitMore(this.got, this.live, this.stored, burst);
			}
		}
	}

	private void pauseNowAndThen(int burst) {
		if (this.random.nextInt(PAUSE_EVERY) == 0) {
			this.pace.pause(1 + this.random.nextInt(LONGEST_PAUSE), burst,
					1 + (long) (this.random.nextDouble() * LONGEST_NANOS));
		}
	}

	private void take(StompFrame frame) {
		if (!frame.command().equals("MESSAGE")) {
			throw new AssertionError("not a message: " + frame);
		}
		String id = frame.header("subscription");
		int expected = this.next.merge(id, 1, Integer::sum) - 1;
		String text = frame.text();
		int number = Integer.parseInt(text, 0, text.indexOf(':'), 10);
		if (number != expected) {
			throw new AssertionError(id + " got message " + number + " instead of " + expected);
		}
		this.got++;
	}

}
