package dev.usher.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Handout;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.store.Inboxes;
import dev.usher.inbox.store.TestDatabase;
import dev.usher.protocol.Destination;
import org.slf4j.LoggerFactory;

/**
 * How fast messages are stored and read again, without network: batches of 100 from 4
 * callers, single ones from 64, a resume of 1,000, and from a durable reader live.
 */
public final class InboxBench {

	private static final int SECONDS = 8;

	private InboxBench() {
	}

	public static void main(String[] arguments) throws Exception {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
		String which = (arguments.length > 0) ? arguments[0] : "all";
		if (!which.equals("postgres")) {
			Path folder = Files.createTempDirectory("usher-bench");
			run("H2", TestDatabase.h2(folder));
		}
		if (!which.equals("h2")) {
			run("PostgreSQL", TestDatabase.postgres());
		}
		System.exit(0);
	}

	private static void run(String name, TestDatabase database) throws Exception {
		Inbox inbox = Inboxes.open(database, Clock.systemUTC());
		for (String round : List.of("warm-up", "measured")) {
			append(name + " " + round + " batches of 100 from 4, one log each", inbox, 4, 100, 1);
			append(name + " " + round + " batches of 100 from 4, over 1000 logs", inbox, 4, 100, 1000);
			append(name + " " + round + " single from 64, over 64 logs", inbox, 64, 1, 64);
			resume(name + " " + round, inbox);
			durable(name + " " + round, inbox);
		}
		Inboxes.close(inbox);
		database.close();
	}

	private static void append(String what, Inbox inbox, int callers, int batch, int logs) throws Exception {
		AtomicInteger stored = new AtomicInteger();
		List<long[]> times = new ArrayList<>();
		long end = System.nanoTime() + SECONDS * 1_000_000_000L;
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < callers; i++) {
			int caller = i;
			Thread thread = new Thread(() -> {
				long[] mine = new long[100_000];
				int count = 0;
				while (System.nanoTime() < end) {
					long start = System.nanoTime();
					publish(inbox, caller, batch, logs, count);
					mine[count++] = System.nanoTime() - start;
					stored.addAndGet(batch);
				}
				synchronized (times) {
					times.add(Arrays.copyOf(mine, count));
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
		System.out.printf("%s: %,d/s, p50 %.1f ms, p99 %.1f ms%n", what, stored.get() / SECONDS,
				all[all.length / 2] / 1e6, all[(int) (all.length * 0.99)] / 1e6);
	}

	private static void publish(Inbox inbox, int caller, int batch, int logs, int round) {
		CompletableFuture<?>[] answers = new CompletableFuture<?>[batch];
		for (int i = 0; i < batch; i++) {
			int log = (logs == 1) ? 0 : (round * batch + i) % (logs / ((batch == 1) ? logs : 1));
			Destination to = Destination.forPublish("/user/u" + caller + "-" + log + "/queue/bench");
			answers[i] = inbox.append(draft(to)).toCompletableFuture();
		}
		CompletableFuture.allOf(answers).join();
	}

	private static Draft draft(Destination to) {
		return Inboxes.draft(to, "x".repeat(128));
	}

	private static void resume(String what, Inbox inbox) throws Exception {
		Destination to = Destination.forPublish("/user/resume/queue/bench");
		CompletableFuture<?>[] answers = new CompletableFuture<?>[1000];
		for (int i = 0; i < answers.length; i++) {
			answers[i] = inbox.append(draft(to)).toCompletableFuture();
		}
		CompletableFuture.allOf(answers).join();
		long[] times = new long[20];
		for (int i = 0; i < times.length; i++) {
			CountDownLatch left = new CountDownLatch(1000);
			long start = System.nanoTime();
			Acknowledging consumer = new Acknowledging(left);
			long head = ((Appended) answers[999].join()).offset();
			consumer.join(inbox, new ReaderRequest(to, null, head - 1000, null, 0));
			left.await();
			times[i] = System.nanoTime() - start;
			consumer.subscription.close(false);
		}
		Arrays.sort(times);
		System.out.printf("%s resume of 1,000: median %.1f ms, worst %.1f ms%n", what, times[10] / 1e6,
				times[19] / 1e6);
	}

	private static void durable(String what, Inbox inbox) throws Exception {
		int users = 500;
		int each = 40;
		CountDownLatch left = new CountDownLatch(users * each);
		List<Acknowledging> consumers = new ArrayList<>();
		for (int i = 0; i < users; i++) {
			Acknowledging consumer = new Acknowledging(left);
			consumer.join(inbox,
					new ReaderRequest(Destination.forPublish("/user/d" + i + "/queue/bench"), "phone", null, null, 0));
			consumers.add(consumer);
		}
		long start = System.nanoTime();
		for (int i = 0; i < each; i++) {
			CompletableFuture<?>[] answers = new CompletableFuture<?>[users];
			for (int user = 0; user < users; user++) {
				Destination to = Destination.forPublish("/user/d" + user + "/queue/bench");
				answers[user] = inbox.append(draft(to)).toCompletableFuture();
			}
			CompletableFuture.allOf(answers).join();
		}
		left.await();
		System.out.printf("%s live to 500 durable readers, stored, taken, acknowledged: %,.0f/s%n", what,
				users * each / ((System.nanoTime() - start) / 1e9));
		consumers.forEach((consumer) -> consumer.subscription.close(true));
	}

	private static final class Acknowledging implements MessageConsumer {

		private final CountDownLatch left;

		private volatile ReaderSubscription subscription;

		Acknowledging(CountDownLatch left) {
			this.left = left;
		}

		void join(Inbox inbox, ReaderRequest request) {
			this.subscription = Inboxes.await(inbox.subscribe(request, this));
			this.subscription.request(Long.MAX_VALUE);
		}

		@Override
		public int onMessages(List<Handout> messages) {
			for (Handout each : messages) {
				this.left.countDown();
				this.subscription.ack(each.message().offset());
			}
			return messages.size();
		}

		@Override
		public void onEnded() {
		}

	}

}
