package dev.usher.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.usher.node.NodeLease;
import dev.usher.presence.Presence.Limit;
import dev.usher.presence.RowBatch.Outcome;
import dev.usher.presence.RowBatch.Replaced;
import dev.usher.thread.FailureLog;
import dev.usher.thread.FatalErrors;
import dev.usher.thread.ScheduledThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Makes the rows of this node what its memory is, on a thread of its own, in batches and
 * in the order in which connections came and went. What a row is to be is looked up when
 * it is written. While the database does not answer nothing is kept for it: once it does,
 * all rows are compared, and those that differ are written behind whoever waits for a
 * place. Any thread may call.
 */
final class RowWriter {

	private static final Logger logger = LoggerFactory.getLogger(RowWriter.class);

	/** Rows of one transaction, whose users are locked meanwhile. */
	private static final int BATCH = 200;

	/** Between two transactions: 200 a second at most, each the fuller for it. */
	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long TICK = TimeUnit.SECONDS.toMillis(1);

	/** After a crash the database may lack what it had not written to disk yet. */
	private static final long COMPARED_EVERY = TimeUnit.MINUTES.toNanos(1);

	private static final Duration LAST = Duration.ofSeconds(1);

	private static final CompletableFuture<Boolean> NOBODY = CompletableFuture.completedFuture(true);

	private final ConnectionRows rows;

	private final NodeLease node;

	private final Map<String, HeldPlace> held;

	private final Consumer<Replaced> replacing;

	private final FailureLog failures = new FailureLog(logger, "Connections could not be counted across nodes");

	private final ScheduledThread thread = new ScheduledThread("usher-presence", this.failures);

	/** Ids whose rows may differ, with who waits for their place. Guarded by itself. */
	private final Map<String, CompletableFuture<Boolean>> waiting = new LinkedHashMap<>();

	/** Ids whose rows were found to differ; used by the thread alone. */
	private final Set<String> differing = new LinkedHashSet<>();

	/** Whether the thread will look at what waits; guarded by it. */
	private boolean scheduled;

	private volatile Limit limit = new Limit(0, false, Duration.ofSeconds(1));

	/** Whether there are others for whom rows are written. */
	private volatile boolean mirrors;

	private volatile boolean failing;

	/** Since when the thread is at the database, in nanoseconds, while it is. */
	private volatile @Nullable Long busySince;

	private volatile long wroteAt = System.nanoTime() - PAUSE;

	/** Whether what differed is known; used by the thread alone, as are the others. */
	private boolean compared;

	private long comparedAt;

	private int losses;

	/**
	 * @param held what is to have a row; of one that is refused nothing stays in it
	 * @param replacing ends a connection on whichever node it is
	 */
	RowWriter(ConnectionRows rows, NodeLease node, Map<String, HeldPlace> held, Consumer<Replaced> replacing) {
		this.rows = rows;
		this.node = node;
		this.held = held;
		this.replacing = replacing;
	}

	void limit(Limit limit) {
		this.limit = limit;
	}

	boolean mirrors() {
		return this.mirrors;
	}

	/**
	 * A connection came, went, or has another session. While the database fails it need
	 * not be noted: all will be compared.
	 */
	void changed(String id) {
		if (this.mirrors && !this.failing) {
			enqueue(id);
		}
	}

	/**
	 * Asks for a place. While the database does not answer nobody waits for it: one
	 * connect after the other would be late.
	 */
	CompletableFuture<Boolean> reserve(HeldPlace connection) {
		if (this.failing || isStalled()) {
			this.held.put(connection.id(), connection);
			changed(connection.id());
			return NOBODY;
		}
		CompletableFuture<Boolean> place = new CompletableFuture<>();
		place.completeOnTimeout(true, this.limit.patience().toMillis(), TimeUnit.MILLISECONDS);
		synchronized (this.waiting) {
			// Both within the lock: a comparison would write a row that asks for no
			// place.
			this.held.put(connection.id(), connection);
			this.waiting.put(connection.id(), place);
			schedule();
		}
		return place;
	}

	private boolean isStalled() {
		Long since = this.busySince;
		return since != null && System.nanoTime() - since > this.limit.patience().toNanos();
	}

	private void enqueue(String id) {
		synchronized (this.waiting) {
			this.waiting.putIfAbsent(id, NOBODY);
			schedule();
		}
	}

	/** How many rows are to be looked at, but for those that were found to differ. */
	int waiting() {
		synchronized (this.waiting) {
			return this.waiting.size();
		}
	}

	/** Called with the lock of what waits. */
	private void schedule() {
		if (this.scheduled) {
			return;
		}
		long delay = Math.max(0, this.wroteAt + PAUSE - System.nanoTime());
		try {
			this.thread.schedule(this::writeSome, delay, TimeUnit.NANOSECONDS);
			this.scheduled = true;
		}
		catch (RejectedExecutionException ex) {
			// The node ends, and its rows with it.
		}
	}

	private void writeSome() {
		Map<String, CompletableFuture<Boolean>> some = take(BATCH);
		Iterator<String> differs = this.differing.iterator();
		while (differs.hasNext() && some.size() < BATCH) {
			some.putIfAbsent(differs.next(), NOBODY);
			differs.remove();
		}
		try {
			if (!some.isEmpty()) {
				write(some);
			}
		}
		finally {
			this.wroteAt = System.nanoTime();
			synchronized (this.waiting) {
				this.scheduled = false;
				if (!this.waiting.isEmpty() || !this.differing.isEmpty()) {
					schedule();
				}
			}
		}
	}

	private Map<String, CompletableFuture<Boolean>> take(int most) {
		Map<String, CompletableFuture<Boolean>> taken = new LinkedHashMap<>();
		synchronized (this.waiting) {
			Iterator<Map.Entry<String, CompletableFuture<Boolean>>> entries = this.waiting.entrySet().iterator();
			while (entries.hasNext() && taken.size() < most) {
				Map.Entry<String, CompletableFuture<Boolean>> entry = entries.next();
				taken.put(entry.getKey(), entry.getValue());
				entries.remove();
			}
		}
		return taken;
	}

	/** Lets everybody in who waits, and leaves the rows to the next comparison. */
	private void giveUp() {
		this.compared = false;
		this.differing.clear();
		take(Integer.MAX_VALUE).values().forEach((place) -> place.complete(true));
	}

	private void write(Map<String, CompletableFuture<Boolean>> some) {
		RowBatch batch = batch(some);
		Outcome outcome = ask(() -> this.rows.write(batch, this.limit));
		if (outcome == null) {
			some.values().forEach((place) -> place.complete(true));
			return;
		}
		batch.coming().forEach((each) -> answer(each.id(), some.getOrDefault(each.id(), NOBODY), outcome));
		outcome.replaced().forEach(this.replacing);
	}

	private RowBatch batch(Map<String, CompletableFuture<Boolean>> some) {
		RowBatch batch = new RowBatch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		some.forEach((id, place) -> {
			HeldPlace connection = this.held.get(id);
			if (connection == null) {
				batch.gone().add(id);
				place.complete(true);
			}
			else {
				((place.isDone()) ? batch.known() : batch.coming()).add(connection);
			}
		});
		return batch;
	}

	private void answer(String id, CompletableFuture<Boolean> place, Outcome outcome) {
		if (outcome.admitted().contains(id)) {
			place.complete(true);
		}
		else if (place.complete(false)) {
			this.held.remove(id);
		}
		else {
			// It was let in meanwhile, as it had waited long enough.
			enqueue(id);
		}
	}

	/** Asks the database; answers null where it does not. */
	private <T> @Nullable T ask(Supplier<T> question) {
		this.busySince = System.nanoTime();
		try {
			T answer = question.get();
			if (this.failing) {
				this.failing = false;
				logger.info("Connections are counted across nodes again");
			}
			return answer;
		}
		catch (DataAccessException | TransactionException ex) {
			FatalErrors.endIfFatal(ex);
			if (!this.failing && !this.thread.isShutdown()) {
				logger.warn("Connections cannot be counted across nodes, and each node's own limits hold: {}",
						NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
			}
		}
		catch (Throwable ex) {
			this.failures.note(ex);
		}
		finally {
			this.busySince = null;
		}
		this.failing = true;
		giveUp();
		return null;
	}

	/** Looks whether there are others, and what they have done to the rows. */
	private void tick() {
		if (!this.node.hasPeers()) {
			this.mirrors = false;
			giveUp();
			return;
		}
		if (this.node.losses() != this.losses) {
			this.losses = this.node.losses();
			this.compared = false;
		}
		this.mirrors = true;
		if (!this.compared || System.nanoTime() - this.comparedAt >= COMPARED_EVERY) {
			compare();
		}
		List<Replaced> replaced = (!this.failing) ? ask(this.rows::replaced) : null;
		if (replaced != null) {
			replaced.forEach(this.replacing);
		}
	}

	/** Finds the rows that differ from what is in memory. */
	private void compare() {
		Map<String, @Nullable String> own = ask(this.rows::own);
		if (own == null) {
			return;
		}
		this.compared = true;
		this.comparedAt = System.nanoTime();
		own.forEach((id, sessionId) -> {
			HeldPlace connection = this.held.get(id);
			if (connection == null || !Objects.equals(connection.sessionId(), sessionId)) {
				this.differing.add(id);
			}
		});
		this.held.keySet().stream().filter((id) -> !own.containsKey(id)).forEach(this.differing::add);
		synchronized (this.waiting) {
			schedule();
		}
	}

	void start() {
		this.thread.scheduleWithFixedDelay(this::tick, 0, TICK, TimeUnit.MILLISECONDS);
	}

	void stop() {
		this.thread.close(LAST);
	}

}
