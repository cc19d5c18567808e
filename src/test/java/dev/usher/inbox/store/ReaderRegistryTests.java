package dev.usher.inbox.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.Lane;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.node.NodeLease;
import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.Await;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.durable;
import static dev.usher.inbox.store.Inboxes.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Joining readers, with nobody beside who looks at the database from time to time: what
 * is missed stays missed.
 */
class ReaderRegistryTests {

	private final MutableClock clock = new MutableClock(Instant.now());

	private final Set<Reader> waiting = ConcurrentHashMap.newKeySet();

	private final ExecutorService threads = Executors.newFixedThreadPool(4);

	@TempDir
	private Path folder;

	private TestDatabase database;

	private NodeLease node;

	private MessageStore messages;

	private ReaderLedger ledger;

	private LiveLogs live;

	private ReaderRegistry registry;

	@BeforeEach
	void open() {
		this.database = TestDatabase.h2(this.folder);
		this.node = Inboxes.node(this.database, this.clock);
		InboxProperties properties = Inboxes.properties();
		InboxDatabase sql = new InboxDatabase(this.database.template());
		LogQuota quota = new LogQuota(sql, properties, this.clock);
		LogStore logs = new LogStore(sql, quota, properties, this.clock);
		this.messages = new MessageStore(sql, logs, quota, new PublisherBytes(sql, properties, this.clock), properties,
				this.clock);
		Peers peers = new Peers(this.node);
		ReaderStore readers = new ReaderStore(sql, properties, this.clock, peers);
		this.ledger = new ReaderLedger(new LedgerBatch.Target(sql, readers));
		this.ledger.start();
		this.live = new LiveLogs(new Tails(1_000_000), peers);
		DeadLetters dead = new DeadLetters((draft) -> new CompletableFuture<>(), this.clock);
		ReaderTools tools = new ReaderTools(this.live, this.threads, dead, this.waiting, this.clock, properties,
				new ReadAhead(), peers);
		this.registry = new ReaderRegistry(logs, this.messages, readers, this.ledger, tools, this.threads,
				() -> CompletableFuture.completedStage(null));
	}

	@AfterEach
	void close() {
		this.ledger.close(Duration.ofSeconds(10));
		this.threads.shutdownNow();
		this.node.destroy();
		this.database.close();
	}

	private Lane lane() {
		return new Lane(this.threads);
	}

	private ReaderSubscription read(ReaderRequest request, Recorder recorder, Lane lane) {
		ReaderSubscription subscription = await(this.registry.subscribe(request, recorder, lane));
		subscription.request(Long.MAX_VALUE);
		return subscription;
	}

	/** Stores a message as another node does whose hint is lost. */
	private void storeElsewhere(Destination to, String body) {
		this.messages.append(List.of(Inboxes.draft(to, body)));
	}

	private LiveLog log(Destination of) {
		LiveLog log = this.live.find(of.address());
		assertThat(log).isNotNull();
		return log;
	}

	private List<String> strings(String sql) {
		return this.database.template().queryForList(sql, String.class);
	}

	@Test
	void readersWhenSomebodyElseJoinsWhoSeesMoreThenTheyGetItToo() {
		Destination to = Inboxes.own();
		Recorder first = new Recorder();
		read(now(to), first, lane());
		for (int i = 1; i <= 3; i++) {
			storeElsewhere(to, "m" + i);
			await(this.registry.subscribe(now(to), new Recorder(), lane()));
			assertThat(first.body()).isEqualTo("m" + i);
		}
	}

	@Test
	void joinWhenItFailsHalfWayThenNothingOfTheReaderStaysOpen() {
		Destination to = Inboxes.own();
		for (int i = 1; i <= 3; i++) {
			storeElsewhere(to, "m" + i);
		}
		Recorder before = new Recorder();
		ReaderSubscription subscription = read(durable(to, "phone", 0L), before, lane());
		assertThat(before.offsets(3)).containsExactly(1L, 2L, 3L);
		await(subscription.close(false));
		this.database.template().execute("ALTER TABLE inbox_messages RENAME TO inbox_messages_away");
		assertThatExceptionOfType(RefusedException.class)
			.isThrownBy(() -> await(this.registry.subscribe(durable(to, "phone", null), new Recorder(), lane())));
		this.database.template().execute("ALTER TABLE inbox_messages_away RENAME TO inbox_messages");
		// It was open, and other nodes would have waited for it.
		Await.until(() -> strings("SELECT node FROM inbox_reader_nodes").isEmpty());
		assertThat(strings("SELECT owner FROM inbox_claims")).hasSize(3).containsOnlyNulls();
		assertThat(this.waiting).isEmpty();
		assertThat(this.live.addresses()).isEmpty();
		Recorder after = new Recorder();
		read(durable(to, "phone", null), after, lane());
		assertThat(after.offsets(3)).containsExactly(1L, 2L, 3L);
	}

	@Test
	void keptReadersWhenTheyAreLeftOrRemovedThenNothingIsHeldOfThem() {
		Destination to = Inboxes.own();
		read(now(to), new Recorder(), lane());
		for (int i = 0; i < 10; i++) {
			await(read(durable(to, "forgotten" + i, null), new Recorder(), lane()).close(true));
			await(read(durable(to, "left" + i, null), new Recorder(), lane()).close(false));
		}
		assertThat(log(to).named()).isEmpty();
		read(durable(to, "removed", null), new Recorder(), lane());
		assertThat(log(to).named()).hasSize(1);
		this.live.readersRemoved(this.live.openKept().keySet());
		assertThat(log(to).named()).isEmpty();
	}

	@Test
	void queueWhenWhoOpenedItIsBusyThenOthersGetMessagesAllTheSame() {
		Destination to = Inboxes.shared();
		for (int i = 1; i <= 3; i++) {
			storeElsewhere(to, "m" + i);
		}
		Lane busy = lane();
		await(this.registry.subscribe(now(to), new Recorder(), busy));
		CountDownLatch over = new CountDownLatch(1);
		busy.execute(() -> awaitLatch(over));
		Recorder second = new Recorder();
		read(now(to), second, lane());
		try {
			assertThat(second.offsets(3)).containsExactly(1L, 2L, 3L);
		}
		finally {
			over.countDown();
		}
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
