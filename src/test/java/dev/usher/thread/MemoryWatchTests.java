package dev.usher.thread;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/** What a collection left is real; how long it took is what the test says. */
class MemoryWatchTests {

	private final AtomicInteger ends = new AtomicInteger();

	private long now = 1000;

	private long collected;

	private MemoryWatch watch(long max) {
		System.gc();
		return new MemoryWatch(ManagementFactory.getGarbageCollectorMXBeans().stream().map(this::slow).toList(), max,
				this.ends::incrementAndGet);
	}

	private GarbageCollectorMXBean slow(GarbageCollectorMXBean real) {
		com.sun.management.GarbageCollectorMXBean slow = Mockito.mock(com.sun.management.GarbageCollectorMXBean.class);
		Mockito.when(slow.getLastGcInfo())
			.thenAnswer((call) -> ((com.sun.management.GarbageCollectorMXBean) real).getLastGcInfo());
		boolean first = real == ManagementFactory.getGarbageCollectorMXBeans().get(0);
		Mockito.when(slow.getCollectionTime()).thenAnswer((call) -> (first) ? this.collected : 0);
		return slow;
	}

	private void look(MemoryWatch watch, int times, long collecting) {
		for (int i = 0; i < times; i++) {
			this.now += 1000;
			this.collected += collecting;
			watch.look(this.now);
		}
	}

	@Test
	void heapWhenItStaysFullAndAllTimeGoesIntoCollectingThenTheProcessEnds() {
		MemoryWatch watch = watch(1);
		look(watch, MemoryWatch.LOOKS, 950);
		assertThat(this.ends).hasValue(0);
		look(watch, 1, 950);
		assertThat(this.ends).hasValue(1);
	}

	@Test
	void heapWhenItIsFullAndTheNodeStillWorksThenItGoesOn() {
		MemoryWatch watch = watch(1);
		look(watch, 100, 800);
		for (int i = 0; i < 10; i++) {
			look(watch, MemoryWatch.LOOKS - 1, 950);
			look(watch, 1, 100);
		}
		assertThat(this.ends).hasValue(0);
	}

	@Test
	void heapWhenItHasRoomThenItGoesOnHoweverMuchIsCollected() {
		look(watch(Runtime.getRuntime().maxMemory() * 10), 100, 1000);
		assertThat(this.ends).hasValue(0);
	}

	@Test
	void heapOfThisProcessWhenLookedAtThenItGoesOn() {
		MemoryWatch watch = new MemoryWatch(List.copyOf(ManagementFactory.getGarbageCollectorMXBeans()),
				Runtime.getRuntime().maxMemory(), this.ends::incrementAndGet);
		look(watch, 20, 0);
		assertThat(this.ends).hasValue(0);
	}

}
