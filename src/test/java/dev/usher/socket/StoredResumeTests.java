package dev.usher.socket;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Phones that lose their network: subscribers of stored destinations who go at random
 * points, in all the ways there are, and come back while others publish. A failure names
 * its seed; the order of threads is not part of it, so a failure may need a few runs to
 * come again.
 */
class StoredResumeTests {

	private static final int PUBLISHERS = 4;

	private static final int EACH = 250;

	private static final int ALL = PUBLISHERS * EACH;

	private static final int SUBSCRIBERS = 3;

	private static final int MOST_SENDS_AHEAD = 10;

	private static final AtomicInteger users = new AtomicInteger();

	private static TestGateway gateway;

	@BeforeAll
	static void start() {
		gateway = TestGateway.start("usher.connect.frames-per-second=0", "usher.inbox.keep-count=0");
	}

	@AfterAll
	static void stop() {
		gateway.close();
	}

	@RepeatedTest(3)
	void inboxWhenSubscribersResumeAtRandomPointsThenEachSeesEveryMessageOnceAndInOrder() {
		withSubscribers(SUBSCRIBERS, (user, random) -> new Resuming(user, random).readAll());
	}

	@RepeatedTest(3)
	void durableReaderWhenItComesBackAtRandomPointsThenEveryMessageComesUntilItIsAcknowledged() {
		withSubscribers(1, (user, random) -> new Acknowledging(user, random).readAll());
	}

	private interface Subscriber {

		void read(String user, Random random);

	}

	private static void withSubscribers(int subscribers, Subscriber subscriber) {
		long seed = Long.getLong("test.seed", new Random().nextLong());
		Random random = new Random(seed);
		String user = "resume" + users.incrementAndGet();
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (int i = 0; i < PUBLISHERS; i++) {
			int number = i;
			long own = random.nextLong();
			threads.add(run(() -> publish(user, number, new Random(own))));
		}
		for (int i = 0; i < subscribers; i++) {
			long own = random.nextLong();
			threads.add(run(() -> subscriber.read(user, new Random(own))));
		}
		try {
			CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).join();
		}
		catch (RuntimeException ex) {
			throw new AssertionError("With -Dtest.seed=" + seed, ex);
		}
	}

	private static CompletableFuture<Void> run(Runnable task) {
		return CompletableFuture.runAsync(task, (work) -> new Thread(work).start());
	}

	private static void publish(String user, int number, Random random) {
		try (StompClient client = gateway.connect("publisher" + number)) {
			int sent = 0;
			while (sent < EACH) {
				int ahead = Math.min(EACH - sent, 1 + random.nextInt(MOST_SENDS_AHEAD));
				for (int i = 0; i < ahead; i++) {
					client.send(StompFrame.of("SEND", "destination:/user/" + user + "/queue/in", "receipt:s")
						.body(number + "-" + sent++));
				}
				for (int i = 0; i < ahead; i++) {
					client.expect("RECEIPT");
				}
			}
		}
	}

	/** What both kinds of subscribers do: read some, go, come back. */
	private abstract static class Roaming {

		final Random random;

		private final String user;

		Roaming(String user, Random random) {
			this.user = user;
			this.random = random;
		}

		abstract boolean done();

		abstract void subscribe(StompClient client);

		abstract void read(StompClient client, int most);

		void readAll() {
			while (!done()) {
				try (StompClient client = gateway.connect(this.user)) {
					while (!done() && isUsed(client)) {
						continue;
					}
				}
			}
		}

		/** Answers whether the connection is good for another subscription. */
		private boolean isUsed(StompClient client) {
			subscribe(client);
			read(client, 1 + this.random.nextInt(150));
			return switch (this.random.nextInt(3)) {
				case 0 -> {
					skipTo(client.send("UNSUBSCRIBE", "id:a", "receipt:u"));
					yield true;
				}
				case 1 -> {
					skipTo(client.send("DISCONNECT", "receipt:d"));
					yield false;
				}
				// The network is gone, and nobody says so.
				default -> false;
			};
		}

		/** Reads over what was on its way. */
		private static void skipTo(StompClient client) {
			StompFrame frame = client.read();
			while (frame.command().equals("MESSAGE")) {
				frame = client.read();
			}
			assertThat(frame.command()).isEqualTo("RECEIPT");
		}

	}

	/** Remembers the last offset and its epoch, as a client that keeps its own place. */
	private static final class Resuming extends Roaming {

		private long place;

		private String epoch;

		/** The next number of each publisher. */
		private final int[] next = new int[PUBLISHERS];

		Resuming(String user, Random random) {
			super(user, random);
		}

		@Override
		boolean done() {
			return this.place == ALL;
		}

		@Override
		void subscribe(StompClient client) {
			List<String> headers = new ArrayList<>(
					List.of("id:a", "destination:/user/queue/in", "offset:" + this.place));
			if (this.epoch != null) {
				headers.add("epoch:" + this.epoch);
			}
			StompFrame receipt = client.receipt(StompFrame.of("SUBSCRIBE", headers.toArray(String[]::new)));
			assertThat(receipt.headers()).containsEntry("offset", Long.toString(this.place))
				.containsEntry("recovered", "true");
			this.epoch = receipt.header("epoch");
		}

		@Override
		void read(StompClient client, int most) {
			for (int i = 0; i < most && !done(); i++) {
				StompFrame message = client.expect("MESSAGE");
				assertThat(message.headers()).containsEntry("offset", Long.toString(++this.place))
					.containsEntry("epoch", this.epoch)
					.doesNotContainKey("redelivered");
				inOrder(message);
			}
		}

		/** Takes a message that is seen for the first time. */
		private void inOrder(StompFrame message) {
			String[] words = message.text().split("-");
			int publisher = Integer.parseInt(words[0]);
			assertThat(words[1]).as("publisher %d", publisher).isEqualTo(Integer.toString(this.next[publisher]++));
		}

	}

	/** Keeps nothing but what it has done with each message. */
	private static final class Acknowledging extends Roaming {

		private final Set<Long> seen = new HashSet<>();

		/** Acknowledged, and the gateway said that it knows. */
		private final Set<Long> settled = new HashSet<>();

		private long newest;

		Acknowledging(String user, Random random) {
			super(user, random);
		}

		@Override
		boolean done() {
			return this.settled.size() == ALL;
		}

		@Override
		void subscribe(StompClient client) {
			StompFrame receipt = client.receipt(StompFrame.of("SUBSCRIBE", "id:a", "destination:/user/queue/in",
					"durable:phone", "offset:0", "ack:client-individual", "in-flight:100"));
			assertThat(receipt.header("recovered")).isEqualTo("true");
		}

		@Override
		void read(StompClient client, int most) {
			List<StompFrame> unsettled = new ArrayList<>();
			// What is missing may be less than that, and nothing else would come.
			int count = Math.min(Math.min(most, 100), ALL - this.settled.size());
			while (unsettled.size() < count) {
				unsettled.add(take(client.expect("MESSAGE")));
			}
			while (!unsettled.isEmpty() && this.random.nextInt(60) > 0) {
				settle(client, unsettled.remove(this.random.nextInt(unsettled.size())));
			}
		}

		private StompFrame take(StompFrame message) {
			long offset = Long.parseLong(message.header("offset"));
			boolean again = message.headers().containsKey("redelivered");
			assertThat(this.settled).doesNotContain(offset);
			if (this.seen.add(offset)) {
				// It may have been written to a connection that was cut before.
				assertThat(again || offset > this.newest).as("order of %d", offset).isTrue();
			}
			else {
				assertThat(again).as("redelivered of %d", offset).isTrue();
			}
			this.newest = Math.max(this.newest, offset);
			return message;
		}

		/** Other messages may come before its RECEIPT; they come again. */
		private void settle(StompClient client, StompFrame message) {
			client.send("ACK", "id:" + message.header("ack"), "receipt:k");
			StompFrame frame = client.read();
			while (frame.command().equals("MESSAGE")) {
				take(frame);
				frame = client.read();
			}
			assertThat(frame.command()).isEqualTo("RECEIPT");
			this.settled.add(Long.parseLong(message.header("offset")));
		}

	}

}
