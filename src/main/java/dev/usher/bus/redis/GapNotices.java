package dev.usher.bus.redis;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.usher.bus.Bus;
import dev.usher.bus.Gap;
import dev.usher.thread.FailureLog;
import dev.usher.thread.ScheduledThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the gaps of lanes that were cut together, and tells of them once and on a
 * thread of its own: whoever hears of it may take its time. Called on the control thread.
 */
final class GapNotices {

	private static final Logger logger = LoggerFactory.getLogger(GapNotices.class);

	/** A lane that works again waits this long for the others. */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

	private final FailureLog failures = new FailureLog(logger, "A gap could not be told of");

	private final ScheduledThread thread = new ScheduledThread("usher-bus-gaps", this.failures);

	private final List<Bus.GapListener> listeners = new CopyOnWriteArrayList<>();

	private final int lanes;

	private final BusTally tally;

	private BitSet cut = new BitSet();

	private long since;

	private long until;

	GapNotices(int lanes, BusTally tally) {
		this.lanes = lanes;
		this.tally = tally;
	}

	/** Any thread. */
	void add(Bus.GapListener listener) {
		this.listeners.add(listener);
	}

	/** A lane had been cut, and works again. */
	void cut(int lane, long downSince) {
		if (this.cut.isEmpty()) {
			this.since = downSince;
			this.until = System.nanoTime();
		}
		else if (downSince - this.since < 0) {
			this.since = downSince;
		}
		this.cut.set(lane);
	}

	/**
	 * Tells, if there is something to tell.
	 * @param all whether all lanes work
	 */
	void tellIfDue(boolean all) {
		long now = System.nanoTime();
		if (this.cut.isEmpty() || (!all && now - this.until < PATIENCE)) {
			return;
		}
		Gap gap = new Gap(Duration.ofNanos(Math.max(0, now - this.since)), this.cut, this.lanes);
		this.cut = new BitSet();
		this.tally.gaps.increment();
		this.thread.execute(() -> {
			for (Bus.GapListener each : this.listeners) {
				this.failures.guard(() -> each.onGap(gap)).run();
			}
		});
	}

	void close() {
		this.thread.shutdownNow();
	}

}
