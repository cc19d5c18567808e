package dev.usher.bus.redis;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.bus.Bus;
import dev.usher.bus.EntryKind;
import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Frames that come faster than they are handled, and those that go no further. */
class LaneInputTests {

	private static final byte[] CHANNEL = "usher:u:bob".getBytes();

	private final BusTally tally = new BusTally();

	/** How many may be handled. */
	private final Semaphore held = new Semaphore(0);

	private final AtomicInteger handled = new AtomicInteger();

	/** Channel and sender of each entry. */
	private final List<String> senders = new CopyOnWriteArrayList<>();

	private final LaneInput input = new LaneInput(new BusFrame(1, 0, 1, 0, 0), "usher:".length(),
			new FrameSeal(BusNode.KEY), 10_000, System::currentTimeMillis, this.tally, new Receivers());

	@AfterEach
	void close() {
		this.held.release(1_000);
		this.input.close();
	}

	private void arrive(long sequence) {
		arrive(frame(0, 77, sequence));
	}

	private void arrive(byte[] frame) {
		this.input.arrived(CHANNEL, frame);
		this.input.wake();
	}

	private static byte[] frame(int lane, long origin, long sequence) {
		return BusNode.sealed(CHANNEL, new BusFrame(1, lane, origin, sequence, System.currentTimeMillis()),
				new Outgoing("u:bob", EntryKind.HINT, new byte[500], 0));
	}

	@Test
	void framesWhenThereIsNoRoomThenAreLostAndTheGapIsFromTheFirstOfThemOn() {
		this.input.start();
		long before = System.nanoTime();
		for (int i = 1; i <= 100; i++) {
			arrive(i);
		}
		long after = System.nanoTime();
		long lost = this.tally.lost.sum();
		assertThat(lost).isBetween(80L, 95L);
		assertThat(this.input.takeOverflow()).isNull();
		this.held.release(1_000);
		Await.until(() -> this.handled.get() == 100 - lost);
		Await.until(() -> {
			Long since = this.input.takeOverflow();
			return since != null && since - before >= 0 && after - since >= 0;
		});
		assertThat(this.input.takeOverflow()).isNull();
		arrive(101);
		Await.until(() -> this.handled.get() == 101 - lost);
	}

	@Test
	void framesWhenSomeAlwaysWaitThenTheGapIsToldAllTheSame() {
		this.input.start();
		for (int i = 1; i <= 100; i++) {
			arrive(i);
		}
		int waiting = 100 - (int) this.tally.lost.sum();
		assertThat(this.input.isOverflowed()).isTrue();
		this.held.release(waiting - 3);
		Await.until(() -> this.input.takeOverflow() != null);
		assertThat(this.handled.get()).isLessThanOrEqualTo(waiting - 3);
		assertThat(this.input.isOverflowed()).isFalse();
	}

	@Test
	void entriesWhenOfSeveralNodesThenEachComesWithItsChannelAndItsSender() {
		this.held.release(1_000);
		this.input.start();
		arrive(frame(0, 77, 1));
		arrive(frame(0, 78, 1));
		arrive(frame(0, 77, 2));
		Await.until(() -> this.handled.get() == 3);
		assertThat(this.senders).containsExactly("u:bob 77", "u:bob 78", "u:bob 77");
	}

	@Test
	void framesWhenOfThisNodeOrOfAnotherLaneThenGoNoFurther() {
		this.held.release(1_000);
		this.input.start();
		arrive(frame(0, 1, 1));
		arrive(frame(1, 77, 2));
		arrive(frame(0, 78, 1));
		Await.until(() -> this.handled.get() == 1);
		assertThat(this.senders).containsExactly("u:bob 78");
		assertThat(this.tally.echo.sum()).isEqualTo(1);
		assertThat(this.tally.dropped(FrameFault.LANES)).isEqualTo(1);
	}

	@Test
	void framesWhenOfAnotherVersionOrKindOrTooShortThenAreForeign() {
		byte[] good = frame(0, 77, 1);
		for (int at = 0; at < 2; at++) {
			byte[] other = good.clone();
			other[at]++;
			arrive(other);
		}
		for (int length = 0; length < BusFrame.LEAST; length++) {
			arrive(Arrays.copyOf(good, length));
		}
		assertThat(this.tally.dropped(FrameFault.FOREIGN)).isEqualTo(2 + BusFrame.LEAST);
	}

	private final class Receivers implements LaneInput.Receivers {

		@Override
		public Bus.Receiver of(EntryKind kind) {
			return (channel, origin, entry) -> {
				LaneInputTests.this.held.acquireUninterruptibly();
				LaneInputTests.this.senders.add(channel.name() + " " + origin);
				LaneInputTests.this.handled.incrementAndGet();
			};
		}

		@Override
		public void together(Runnable work) {
			work.run();
		}

	}

}
