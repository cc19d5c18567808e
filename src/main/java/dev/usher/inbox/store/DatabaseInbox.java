package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.node.NodeLease;
import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.InboxProperties;
import dev.usher.inbox.Lane;
import dev.usher.inbox.LogDirectory;
import dev.usher.inbox.LogHint;
import dev.usher.inbox.LogHints;
import dev.usher.inbox.MessageConsumer;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.inbox.store.MessageStore.Outcome;
import dev.usher.protocol.Destination;
import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.ScheduledThread;
import dev.usher.thread.Worker;
import dev.usher.thread.WorkerPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The inbox in a database. Its threads: one that appends, one that writes where readers
 * are, a few that read for those who are behind, two that call consumers and never wait
 * for the database, one that looks at the time, one that looks what else is stored, one
 * that sweeps.
 */
@Component
class DatabaseInbox implements Inbox, InitializingBean, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseInbox.class);

	/** How late a message may be that waits for a time to come, in milliseconds. */
	private static final long TICK = 200;

	/** How often is looked for what a failed commit may have stored, in milliseconds. */
	private static final long DOUBT = 2_000;

	private static final int FETCH_THREADS = 3;

	/** A node full of clients that come back at once fits; more had better come later. */
	private static final int FETCH_QUEUE = 50_000;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** At the end, for reads that are under way. */
	private static final Duration LAST_READS = Duration.ofSeconds(5);

	/** A reader's turn hands out a few hundred messages and waits for nobody. */
	private static final Duration TURN_PATIENCE = Duration.ofSeconds(10);

	private final InboxProperties properties;

	private final Clock clock;

	private final InboxDatabase database;

	private final Peers peers;

	private final LogPoll poll;

	private final LiveLogs live;

	private final DoubtfulLogs doubtful;

	private final LogStore logs;

	private final LogWriter writer;

	private final DeadLetters dead;

	private final ReaderStore readers;

	private final ReaderLedger ledger;

	private final ReaderRegistry registry;

	private final OwnerRemoval removal;

	private final Sweeper sweeper;

	private final LogSweeper logSweeper;

	private final StoredLogs directory;

	private final PublisherBytes publishers;

	private final WorkerPool fetch = new WorkerPool("inbox-fetch-", FETCH_THREADS,
			new LinkedBlockingQueue<>(FETCH_QUEUE), InboxDatabase.PATIENCE);

	private final WorkerPool delivery = new WorkerPool("inbox-delivery-", 2, new LinkedBlockingQueue<>(),
			TURN_PATIENCE);

	private final FailureLog failures = new FailureLog(logger,
			"Housekeeping of stored destinations failed and is tried again");

	private final ScheduledThread timer = new ScheduledThread("inbox-timer", this.failures);

	private final ScheduledThread polling = new ScheduledThread("inbox-poll", this.failures);

	private final ScheduledThread sweeping = new ScheduledThread("inbox-sweeper", this.failures);

	/** When it was noted last which readers are in use. */
	private long touchedAt;

	private final Set<Reader> waiting = ConcurrentHashMap.newKeySet();

	DatabaseInbox(JdbcTemplate template, InboxProperties properties, Clock clock, NodeLease node) {
		this.properties = properties;
		this.clock = clock;
		this.touchedAt = clock.millis();
		this.database = new InboxDatabase(template);
		this.peers = new Peers(node);
		this.live = new LiveLogs(new Tails(properties.tail().bytes(0)), this.peers);
		this.publishers = new PublisherBytes(this.database, properties, clock);
		LogQuota quota = new LogQuota(this.database, properties, clock);
		this.logs = new LogStore(this.database, quota, properties, clock);
		MessageStore messages = new MessageStore(this.database, this.logs, quota, this.publishers, properties, clock);
		this.readers = new ReaderStore(this.database, properties, clock, this.peers);
		this.sweeper = new Sweeper(this.database, this.readers, this.publishers, properties, clock);
		this.doubtful = new DoubtfulLogs(this.live, this.logs);
		this.writer = new LogWriter(messages, new FreeSpace(this.database, properties), properties, this::committed,
				this.doubtful::note);
		this.ledger = new ReaderLedger(new LedgerBatch.Target(this.database, this.readers));
		this.dead = new DeadLetters(this.writer::append, clock);
		ReaderTools tools = new ReaderTools(this.live, this.delivery, this.dead, this.waiting, clock, properties,
				new ReadAhead(), this.peers);
		this.registry = new ReaderRegistry(this.logs, messages, this.readers, this.ledger, tools, this.fetch,
				this.writer::told);
		this.removal = new OwnerRemoval(this.database, this.logs, this.live, this.fetch);
		this.logSweeper = new LogSweeper(this.database, this.logs, this.live, clock);
		this.directory = new StoredLogs(this.database, new Redrive(this.database, messages, this.writer::append, clock),
				clock);
		this.poll = new LogPoll(this.live, this.logs, this.readers, this.peers);
	}

	@Override
	public void afterPropertiesSet() {
		this.writer.start();
		this.ledger.start();
		this.timer.scheduleWithFixedDelay(housekeeping(this::tick), TICK, TICK, TimeUnit.MILLISECONDS);
		if (!this.peers.areImpossible()) {
			this.polling.scheduleWithFixedDelay(housekeeping(this.poll::run), TICK, TICK, TimeUnit.MILLISECONDS);
		}
		this.polling.scheduleWithFixedDelay(housekeeping(this.doubtful::look), DOUBT, DOUBT, TimeUnit.MILLISECONDS);
		long sweep = this.properties.sweep().toMillis();
		this.sweeping.scheduleWithFixedDelay(housekeeping(this::sweep), sweep, sweep, TimeUnit.MILLISECONDS);
	}

	/** A task whose failures of the database are one line of the log: it may be away. */
	private static Runnable housekeeping(Runnable task) {
		return () -> {
			try {
				task.run();
			}
			catch (DataAccessException | TransactionException ex) {
				FatalErrors.endIfFatal(ex);
				logger.warn("Housekeeping of stored destinations failed and is tried again: {}",
						InboxDatabase.describe(ex));
			}
		};
	}

	/**
	 * The threads that must get on with their work for anything stored to be delivered.
	 */
	List<Worker> workers() {
		List<Worker> workers = new ArrayList<>(List.of(this.writer.worker(), this.ledger.worker()));
		workers.addAll(this.delivery.workers());
		workers.addAll(this.fetch.workers());
		return workers;
	}

	/** This node goes down: other nodes go on with what they read too. */
	void drain() {
		if (!this.peers.areImpossible()) {
			this.polling.execute(housekeeping(this.poll::drain));
		}
	}

	/** What is stored, for whoever looks after it. */
	LogDirectory directory() {
		return this.directory;
	}

	/** How many messages this node has taken over that nobody handed out. */
	long adopted() {
		return this.readers.adopted();
	}

	/** What is told of it all. */
	InboxMeters meters() {
		return new InboxMeters(this.writer, this.live, this.readers, this.dead, this.properties);
	}

	private void committed(List<Outcome> outcomes) {
		this.sweeper.committed(outcomes);
		this.live.committed(outcomes);
	}

	void tick() {
		// One that fails must not keep the time from the others.
		this.waiting.forEach((reader) -> this.failures.guard(reader::tick).run());
	}

	void sweep() {
		long now = this.clock.millis();
		if (now - this.touchedAt > this.properties.readerExpiry().toMillis() / 20) {
			this.readers.touch(this.live.openKept().keySet());
			this.touchedAt = now;
		}
		this.sweeper.sweep();
		this.logSweeper.sweep();
	}

	@Override
	public CompletionStage<Appended> append(Draft draft) {
		return this.writer.append(draft);
	}

	@Override
	public CompletionStage<ReaderSubscription> subscribe(ReaderRequest request, MessageConsumer consumer, Lane lane) {
		return this.registry.subscribe(request, consumer, lane);
	}

	@Override
	public Lane lane() {
		return new Lane(this.fetch);
	}

	@Override
	public CompletionStage<@Nullable Void> removeOwnedBy(String username) {
		return this.removal.remove(username)
			.exceptionallyCompose((failure) -> CompletableFuture
				.failedFuture(InboxDatabase.refusal((failure.getCause() != null) ? failure.getCause() : failure)));
	}

	/** Logs were removed, here or on another node: their numbers by their addresses. */
	void logsRemoved(Map<String, Long> logs) {
		this.logs.forget(logs.keySet());
		logs.forEach((address, id) -> this.live.removed(id, address));
	}

	/** Kept readers were removed, here or on another node. */
	void readersRemoved(List<Long> removed) {
		this.live.readersRemoved(removed);
	}

	@Override
	public void moved(Destination destination) {
		this.registry.moved(destination);
	}

	@Override
	public void hinted(LogHint hint) {
		if (!this.live.hinted(hint)) {
			this.registry.moved(hint.destination());
		}
	}

	@Override
	public void freed(Destination destination) {
		LiveLog log = this.live.find(destination.address());
		if (log != null) {
			log.readers().forEach(Reader::adopt);
		}
	}

	@Override
	public void carry(LogHints hints) {
		this.peers.carry(hints);
	}

	@Override
	public void listen(AppendListener listener) {
		this.live.listen(listener);
	}

	/**
	 * Answers who has published, writes what is acknowledged, and lets go of the rest.
	 */
	@Override
	public void destroy() {
		this.timer.shutdownNow();
		this.polling.close(LAST_READS);
		this.sweeper.close();
		this.sweeping.shutdown();
		this.writer.close(PATIENCE);
		this.delivery.shutdown();
		this.fetch.close(LAST_READS);
		this.ledger.close(PATIENCE);
		lastly(this.publishers::close);
	}

	/** Runs a task of the end; whatever it throws, the next one runs too. */
	private void lastly(Runnable task) {
		this.failures.guard(housekeeping(task)).run();
	}

}
