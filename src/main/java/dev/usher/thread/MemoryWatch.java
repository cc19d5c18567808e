package dev.usher.thread;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;

import com.sun.management.GcInfo;

/**
 * Notices a heap that is full although nobody was told: some code catches an
 * {@link OutOfMemoryError} and says nothing, and some JVMs collect garbage for minutes
 * before they throw one. Looked at once a second, it ends the process after
 * {@value #LOOKS} looks in a row of each of which all is true: the last collection left
 * at least {@value #FULL_PERCENT} % of the largest heap in use, and collecting took at
 * least {@value #BUSY_PERCENT} % of the time since the look before. A node that serves
 * anybody does not look like this once.
 */
final class MemoryWatch {

	static final int LOOKS = 10;

	static final int FULL_PERCENT = 97;

	static final int BUSY_PERCENT = 90;

	private final List<GarbageCollectorMXBean> collectors;

	private final long max;

	private final Runnable end;

	private long collectedFor;

	private long lookedAt;

	private int looks;

	MemoryWatch(List<GarbageCollectorMXBean> collectors, long max, Runnable end) {
		this.collectors = collectors;
		this.max = max;
		this.end = end;
	}

	static MemoryWatch ofThisProcess() {
		return new MemoryWatch(ManagementFactory.getGarbageCollectorMXBeans(), Runtime.getRuntime().maxMemory(),
				() -> FatalErrors.end(new OutOfMemoryError("the heap stays full and the JVM does little but collect")));
	}

	void look() {
		look(System.nanoTime() / 1_000_000);
	}

	/**
	 * Looks at the heap and counts how many looks in a row found it full and busy.
	 * @param now in milliseconds of any clock that only goes forward
	 */
	void look(long now) {
		long collected = this.collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionTime).sum();
		boolean busy = this.lookedAt != 0
				&& (collected - this.collectedFor) * 100 >= (now - this.lookedAt) * BUSY_PERCENT;
		this.collectedFor = collected;
		this.lookedAt = now;
		this.looks = (busy && isFull()) ? this.looks + 1 : 0;
		if (this.looks >= LOOKS) {
			this.end.run();
		}
	}

	private boolean isFull() {
		GcInfo last = null;
		for (GarbageCollectorMXBean collector : this.collectors) {
			GcInfo info = (collector instanceof com.sun.management.GarbageCollectorMXBean known) ? known.getLastGcInfo()
					: null;
			if (info != null && (last == null || info.getEndTime() >= last.getEndTime())) {
				last = info;
			}
		}
		return last != null && usedAfter(last) * 100 >= this.max * FULL_PERCENT;
	}

	/** Of the pools of the heap alone: what is not heap has no part in the limit. */
	private static long usedAfter(GcInfo info) {
		long used = 0;
		for (Map.Entry<String, MemoryUsage> pool : info.getMemoryUsageAfterGc().entrySet()) {
			if (HeapPools.NAMES.contains(pool.getKey())) {
				used += pool.getValue().getUsed();
			}
		}
		return used;
	}

	/** The names of the heap's pools. */
	private static final class HeapPools {

		private static final List<String> NAMES = ManagementFactory.getMemoryPoolMXBeans()
			.stream()
			.filter((pool) -> pool.getType() == java.lang.management.MemoryType.HEAP)
			.map(java.lang.management.MemoryPoolMXBean::getName)
			.toList();

	}

}
