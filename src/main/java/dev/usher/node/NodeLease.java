package dev.usher.node;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * This start of this node, and its lease: a row that it renews as long as it lives. All
 * times are the database's, so that no node's clock takes anything from another. Whoever
 * uses it after it is made may rely on the node being admitted: a start that would be a
 * second node where there may be one fails here.
 * <p>
 * A node declares others dead only after its own renewals have succeeded for one whole
 * lease. So a database that was away for all takes nothing from anybody: each has that
 * long to renew first.
 */
public final class NodeLease implements InitializingBean, DisposableBean {

	private static final Logger logger = LoggerFactory.getLogger(NodeLease.class);

	/**
	 * How often the lease is renewed and the others are looked at. So others know soon
	 * that this node lives.
	 */
	private static final Duration LOOK = Duration.ofSeconds(1);

	/** What nobody holds any more is looked for at each so many renewals. */
	private static final int RENEWALS_BETWEEN_SEARCHES = 60;

	/** After so long each of the others has looked, and has seen a row that is new. */
	private static final long SEEN = LOOK.multipliedBy(3).toNanos();

	/** A short lease is renewed so many times before it would be over. */
	private static final int RENEWALS = 3;

	/** The versions of frames that this release reads. */
	private static final NodeTable.FrameVersions WIRE = new NodeTable.FrameVersions(1, 1);

	private final NodeTable table;

	private final boolean alone;

	private final Member self;

	private final Duration lease;

	private final List<DepartedNodes> holders;

	private final NodeAdmission admission;

	private final ClockSkew skew;

	private final ScheduledThread thread = new ScheduledThread("node-lease",
			new FailureLog(logger, "The lease of this node could not be renewed and is tried again"));

	/**
	 * When the unbroken run of renewals began, and the latest of them, by the database;
	 * used by the thread alone, as is what follows.
	 */
	private @Nullable Long runStart;

	private long renewed;

	private int renewals;

	private boolean failing;

	/** By {@link System#nanoTime}. */
	private volatile long runStartedAt = System.nanoTime();

	private volatile List<Member> living;

	private volatile Leases leases = new Leases(0, Map.of());

	private volatile int losses;

	/**
	 * Makes one that {@link #afterPropertiesSet} admits.
	 * @param alone whether no other node can use the database, so that nothing need be
	 * renewed
	 * @param self this node, whose lease has not begun
	 * @param lease after how long without a renewal a node is dead
	 * @param holders told of nodes that are dead
	 */
	NodeLease(NodeTable table, boolean alone, Member self, Duration lease, List<DepartedNodes> holders, Clock clock) {
		this.table = table;
		this.alone = alone;
		this.lease = lease;
		this.holders = holders;
		this.self = self;
		this.admission = new NodeAdmission(self, lease);
		this.skew = new ClockSkew(clock);
		this.living = List.of(this.self);
	}

	@Override
	public void afterPropertiesSet() {
		if (this.alone) {
			this.table.transaction(patience(), () -> {
				this.table.removeAll();
				this.holders.forEach((holder) -> holder.onlyRemaining(List.of(id())));
				return true;
			});
			return;
		}
		this.admission.await(this::tryToRegister);
		long period = Math.min(LOOK.toMillis(), this.lease.toMillis() / RENEWALS);
		this.thread.scheduleWithFixedDelay(this::tick, 0, period, TimeUnit.MILLISECONDS);
	}

	/** Takes a place among the nodes, where none that lives is in the way. */
	private NodeTable.View tryToRegister() {
		return this.table.transaction(patience(), () -> {
			this.table.lock();
			NodeTable.View view = this.table.look();
			if (view.living().stream().noneMatch(this.admission::isInTheWay)) {
				// Of this name all are dead: a restart need not wait for another lease.
				view.lapsed().stream().filter((member) -> member.name().equals(name())).forEach(this::bury);
				this.table.insert(this.self, WIRE, this.lease);
				List<String> known = this.table.look().members().stream().map(Member::id).toList();
				this.holders.forEach((holder) -> holder.onlyRemaining(known));
			}
			return view;
		});
	}

	/** Renews, and looks at the others. Called by its thread. */
	void tick() {
		try {
			renew();
			if (this.failing) {
				logger.info("The lease of this node is renewed again");
			}
			this.failing = false;
		}
		catch (DataAccessException | TransactionException ex) {
			this.runStart = null;
			if (!this.failing) {
				this.failing = true;
				logger.warn("The lease of this node cannot be renewed; it is tried again each second: {}",
						NestedExceptionUtils.getMostSpecificCause(ex).getClass().getSimpleName());
			}
		}
	}

	/**
	 * All of it in one transaction, whose statements have a limit of time: a look over a
	 * link that swallows everything would cost the lease.
	 */
	private void renew() {
		Renewed renewal = this.table.transaction(patience(), () -> {
			long before = this.skew.millis();
			boolean kept = this.table.renew(id(), this.lease);
			if (!kept) {
				this.table.lock();
				this.table.insert(this.self, WIRE, this.lease);
			}
			NodeTable.View view = this.table.look();
			this.skew.measured(view.now(), before, this.skew.millis());
			Renewed done = new Renewed(kept, view, runStart(kept, view.now()));
			if (view.now() - done.runStart() >= this.lease.toMillis()) {
				view.lapsed().forEach(this::bury);
				freeOrphans();
			}
			return done;
		});
		if (!Long.valueOf(renewal.runStart()).equals(this.runStart)) {
			this.runStartedAt = System.nanoTime();
		}
		this.living = renewal.view().living();
		this.leases = renewal.view().leases();
		this.renewed = renewal.view().now();
		this.runStart = renewal.runStart();
		if (!renewal.kept()) {
			this.losses++;
			logger.warn("This node was silent for longer than its lease of {}; what it had taken went to others",
					this.lease);
		}
	}

	private long runStart(boolean kept, long now) {
		Long start = this.runStart;
		return (kept && start != null && now - this.renewed < this.lease.toMillis()) ? start : now;
	}

	private void bury(Member dead) {
		if (this.table.removeLapsed(dead.id())) {
			logger.info("Node {} went without a word; what it had taken is free", dead.name());
			this.holders.forEach((holder) -> holder.departed(dead.id()));
		}
	}

	/**
	 * Frees what is held by nodes that have no row: one that slept through the end of its
	 * lease may write once more before it knows, and then be killed. Nobody starts
	 * meanwhile, whose row would not be seen.
	 */
	private void freeOrphans() {
		if (this.renewals++ % RENEWALS_BETWEEN_SEARCHES == 0) {
			this.table.lock();
			List<String> known = this.table.look().members().stream().map(Member::id).toList();
			this.holders.forEach((holder) -> holder.onlyRemaining(known));
		}
	}

	private Duration patience() {
		Duration third = this.lease.dividedBy(RENEWALS);
		return (third.compareTo(LOOK) > 0) ? third : LOOK;
	}

	/** The incarnation: what names this start of this node in the database. */
	public String id() {
		return this.self.id();
	}

	/** The name it keeps over restarts, where it was given one. */
	public String name() {
		return this.self.name();
	}

	String version() {
		return this.self.version();
	}

	/** Whether no other node can use the database at all. */
	public boolean isAlone() {
		return this.alone;
	}

	/** The nodes that live, this one too, as they were seen last. */
	public List<Member> living() {
		return this.living;
	}

	/**
	 * Whether other nodes lived when they were looked for last, within a second or so.
	 */
	public boolean hasPeers() {
		return !this.alone && this.living.stream().anyMatch((member) -> !member.id().equals(id()));
	}

	/**
	 * Whether all others must know by now that this node lives. Just after it has begun,
	 * or was silent for longer than its lease, they may not.
	 */
	public boolean isSeen() {
		return System.nanoTime() - this.runStartedAt > SEEN;
	}

	/** The leases of all nodes, as they were seen last. */
	public Leases leases() {
		return this.leases;
	}

	/** The same, read now; in the transaction of the caller, if there is one. */
	public Leases readLeases() {
		return this.table.look().leases();
	}

	/**
	 * How often this node was declared dead although it lived: it holds nothing since.
	 */
	public int losses() {
		return this.losses;
	}

	ClockSkew skew() {
		return this.skew;
	}

	/** Ends the lease; nobody has to wait for it. */
	@Override
	public void destroy() {
		stop();
		try {
			this.table.transaction(patience(), () -> {
				this.table.remove(id());
				this.holders.forEach((holder) -> holder.departed(id()));
				return true;
			});
		}
		catch (DataAccessException | TransactionException ex) {
			logger.warn("This node could not sign off; the others take over when its lease is over: {}",
					NestedExceptionUtils.getMostSpecificCause(ex).getClass().getSimpleName());
		}
	}

	/** Stops renewing without a word, as a crash does. */
	void stop() {
		this.thread.close(patience());
	}

	/**
	 * A renewal.
	 *
	 * @param kept whether the node still had its row
	 * @param view what was seen, and when by the database
	 * @param runStart since when each came before the lease was over
	 */
	private record Renewed(boolean kept, NodeTable.View view, long runStart) {

	}

}
