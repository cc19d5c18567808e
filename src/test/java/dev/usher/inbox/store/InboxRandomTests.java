package dev.usher.inbox.store;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

import dev.usher.inbox.Handout;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.StoredMessage;
import dev.usher.protocol.Destination;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Publishers, readers and chance. A failure names its seed; the order of threads is not
 * part of it, so a failure may need a few runs to come again.
 */
class InboxRandomTests {

	private static final Map<String, TestDatabase> databases = new HashMap<>();

	@BeforeAll
	static void openDatabases(@TempDir Path folder) {
		databases.put("h2", TestDatabase.h2(folder));
		databases.put("postgres", TestDatabase.postgres());
	}

	@AfterAll
	static void closeDatabases() {
		databases.values().forEach(TestDatabase::close);
	}

	private static long seed() {
		return Long.getLong("test.seed", new Random().nextLong());
	}

	private static void withInbox(String database, BiConsumer<DatabaseInbox, Random> test, String... settings) {
		long seed = seed();
		DatabaseInbox inbox = Inboxes.start(databases.get(database), Clock.systemUTC(), settings);
		try {
			test.accept(inbox, new Random(seed));
		}
		catch (AssertionError ex) {
			throw new AssertionError("With -Dtest.seed=" + seed, ex);
		}
		finally {
			inbox.destroy();
		}
	}

	private static CompletableFuture<Void> publish(DatabaseInbox inbox, Destination to, int threads, int each) {
		List<CompletableFuture<Void>> publishers = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			publishers.add(CompletableFuture.runAsync(() -> {
				for (int n = 0; n < each; n++) {
					Inboxes.await(inbox.append(Inboxes.draft(to, "m")));
				}
			}, (task) -> new Thread(task).start()));
		}
		return CompletableFuture.allOf(publishers.toArray(CompletableFuture[]::new));
	}

	@ParameterizedTest
	@CsvSource({ "h2,32MB", "h2,5KB", "postgres,32MB", "postgres,5KB" })
	void whoeverResumesWhileOthersPublishSeesEachMessageOnceAndInOrder(String database, String tail) {
		withInbox(database, (inbox, random) -> {
			Destination to = Inboxes.own();
			CompletableFuture<Void> published = publish(inbox, to, 4, 600);
			List<CompletableFuture<Void>> subscribers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Random own = new Random(random.nextLong());
				subscribers.add(CompletableFuture.runAsync(() -> resumeAgainAndAgain(inbox, to, own, 2400),
						(task) -> new Thread(task).start()));
			}
			published.join();
			subscribers.forEach(CompletableFuture::join);
		}, "tail", tail, "in-flight", "50", "keep-count", "0");
	}

	/** Reads some, leaves, comes back where it was, until it has seen all. */
	private static void resumeAgainAndAgain(DatabaseInbox inbox, Destination to, Random random, long all) {
		long place = 0;
		String epoch = null;
		while (place < all) {
			Recorder recorder = new Recorder();
			ReaderSubscription subscription = Inboxes.await(inbox.subscribe(Inboxes.after(to, place, epoch), recorder));
			assertThat(subscription.recovered()).isTrue();
			assertThat(subscription.offset()).isEqualTo(place);
			epoch = subscription.epoch();
			subscription.request(Long.MAX_VALUE);
			long until = Math.min(all, place + 1 + random.nextInt(400));
			while (place < until) {
				Recorder.Received received = recorder.next();
				assertThat(received.offset()).isEqualTo(++place);
				assertThat(received.redelivered()).isFalse();
				subscription.ack(place);
			}
			subscription.close(false);
		}
	}

	@ParameterizedTest
	@CsvSource({ "h2,", "postgres,", "h2,worker", "postgres,worker" })
	void whateverSubscriptionsOfOneReaderDoEachMessageIsAcknowledgedOnce(String database, String durable) {
		withInbox(database, (inbox, random) -> {
			Destination to = Inboxes.shared();
			ReaderRequest request = new ReaderRequest(to, durable, (durable != null) ? 0L : null, null, 0);
			Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
			AtomicInteger twice = new AtomicInteger();
			CountDownLatch left = new CountDownLatch(1500);
			CompletableFuture<Void> published = publish(inbox, to, 3, 500);
			List<Worker> workers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				Worker worker = new Worker(inbox, request, new Random(random.nextLong()), (offset) -> {
					if (acknowledged.add(offset)) {
						left.countDown();
					}
					else {
						twice.incrementAndGet();
					}
				}, left);
				worker.start();
				workers.add(worker);
			}
			published.join();
			assertThat(awaitAll(left)).as("still missing: " + left.getCount()).isTrue();
			workers.forEach(Worker::finish);
			assertThat(twice).hasValue(0);
			assertThat(acknowledged).hasSize(1500);
		}, "in-flight", "20", "max-deliveries", "0");
	}

	private static boolean awaitAll(CountDownLatch left) {
		try {
			return left.await(4, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Takes messages and acknowledges, refuses or walks away as chance has it. */
	private static final class Worker extends Thread {

		private final DatabaseInbox inbox;

		private final ReaderRequest request;

		private final Random random;

		private final LongConsumer acknowledged;

		private final CountDownLatch left;

		Worker(DatabaseInbox inbox, ReaderRequest request, Random random, LongConsumer acknowledged,
				CountDownLatch left) {
			this.inbox = inbox;
			this.request = request;
			this.random = random;
			this.acknowledged = acknowledged;
			this.left = left;
		}

		@Override
		public void run() {
			while (this.left.getCount() > 0) {
				Acting acting = new Acting();
				acting.subscription = Inboxes.await(this.inbox.subscribe(this.request, acting));
				acting.subscription.request(30 + this.random.nextInt(200));
				acting.awaitEnough();
				Inboxes.await(acting.subscription.close(false));
			}
		}

		void finish() {
			try {
				join(60_000);
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
			assertThat(isAlive()).isFalse();
		}

		private final class Acting implements MessageConsumer {

			private final CountDownLatch enough = new CountDownLatch(20 + Worker.this.random.nextInt(150));

			private volatile ReaderSubscription subscription;

			private boolean closed;

			@Override
			public synchronized int onMessages(List<Handout> messages) {
				messages.forEach((each) -> act(each.message()));
				return messages.size();
			}

			private void act(StoredMessage message) {
				if (this.closed) {
					return;
				}
				int chance = Worker.this.random.nextInt(100);
				if (chance < 90) {
					Worker.this.acknowledged.accept(message.offset());
					this.subscription.ack(message.offset());
				}
				else if (chance < 93) {
					this.subscription.nack(message.offset());
				}
				this.enough.countDown();
			}

			@Override
			public void onEnded() {
			}

			/** From here on nothing is acknowledged, so what was not is handed on. */
			void awaitEnough() {
				try {
					this.enough.await(500, TimeUnit.MILLISECONDS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				synchronized (this) {
					this.closed = true;
				}
			}

		}

	}

}
