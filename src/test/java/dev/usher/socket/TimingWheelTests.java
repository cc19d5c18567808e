package dev.usher.socket;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.usher.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TimingWheelTests {

	private final AtomicReference<Duration> moved = new AtomicReference<>(Duration.ZERO);

	private final Clock clock = new RunningClock(this.moved);

	private final TimingWheel wheel = new TimingWheel(this.clock);

	@AfterEach
	void stop() {
		this.wheel.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 10, 15, 250, 990, 1000 })
	void callWhenScheduledThenItComesNotBeforeItsTime(long delay) throws InterruptedException {
		BlockingQueue<Long> called = new ArrayBlockingQueue<>(1);
		// By the wheel's own clock: on a busy machine that stands still now and then.
		long start = this.wheel.now();
		this.wheel.schedule((now) -> {
			called.add(now);
			return -1;
		}, delay);
		Long at = called.poll(30, TimeUnit.SECONDS);
		assertThat(at).isNotNull();
		assertThat(at - start).isGreaterThanOrEqualTo(delay);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT1H", "-PT1H" })
	void callWhenTheWallClockIsMovedThenItComesAtOnce(Duration by) throws InterruptedException {
		BlockingQueue<Long> called = new ArrayBlockingQueue<>(1);
		long start = this.wheel.now();
		this.wheel.schedule((now) -> {
			called.add(now);
			return -1;
		}, TimingWheel.LONGEST_DELAY);
		this.moved.set(by);
		Long at = called.poll(60, TimeUnit.SECONDS);
		assertThat(at).isNotNull();
		assertThat(at - start).isLessThan(TimingWheel.LONGEST_DELAY);
	}

	@Test
	void callWhenDelayIsLongerThanATurnThenItComesAfterOne() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		this.wheel.schedule((now) -> {
			called.countDown();
			return -1;
		}, 60_000);
		assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void callWhenItAsksForAnotherThenItIsCalledAgainUntilItSaysNever() throws InterruptedException {
		AtomicInteger calls = new AtomicInteger();
		CountDownLatch after = new CountDownLatch(1);
		this.wheel.schedule((now) -> (calls.incrementAndGet() < 5) ? 10 : -1, 10);
		this.wheel.schedule((now) -> {
			after.countDown();
			return -1;
		}, 300);
		assertThat(after.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(calls).hasValue(5);
	}

	@Test
	void callWhenItFailsThenOthersAreCalledAllTheSame() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		this.wheel.schedule((now) -> {
			throw new IllegalStateException("on purpose");
		}, 10);
		this.wheel.schedule((now) -> {
			called.countDown();
			return -1;
		}, 20);
		assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
	}

	static Stream<Throwable> failures() {
		return Stream.of(new IllegalStateException("on purpose"), new AssertionError("on purpose"),
				new StackOverflowError(), new NoClassDefFoundError("X"));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void callWhenItFailsThenItIsCalledAgainAndTheWheelTurns(Throwable failure) throws InterruptedException {
		CountDownLatch calls = new CountDownLatch(3);
		this.wheel.schedule((now) -> {
			calls.countDown();
			return TimingWheelTests.<RuntimeException>sneak(failure);
		}, 10);
		assertThat(calls.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> long sneak(Throwable failure) throws X {
		throw (X) failure;
	}

	@Test
	void callWhenManyThreadsScheduleThenNoneIsLost() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(4000);
		Thread[] threads = new Thread[4];
		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> {
				for (int n = 0; n < 1000; n++) {
					this.wheel.schedule((now) -> {
						called.countDown();
						return -1;
					}, n);
				}
			});
			threads[i].start();
		}
		assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void addWhenTheTickIsOverThenIsRefusedSoThatItIsNotATurnLate() {
		TimingWheel.Slot slot = new TimingWheel.Slot();

		assertThat(slot.take(7)).isEmpty();

		assertThat(slot.add((now) -> -1, 7)).isFalse();
		assertThat(slot.add((now) -> -1, 8)).isTrue();
		assertThat(slot.take(8)).hasSize(1);
	}

	@Test
	void scheduleWhenTheTimeItReadIsOverThenItReadsAgainAndTheCallComes() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		AtomicInteger readings = new AtomicInteger();
		Await.until(() -> this.wheel.now() >= 100);
		this.wheel.schedule((now) -> {
			called.countDown();
			return -1;
		}, 10, () -> (readings.incrementAndGet() == 1) ? 0 : this.wheel.now());
		assertThat(readings).hasValueGreaterThan(1);
		assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
	}

	/** The clock of the system, moved by as much as a test says. */
	private static final class RunningClock extends Clock {

		private final AtomicReference<Duration> moved;

		RunningClock(AtomicReference<Duration> moved) {
			this.moved = moved;
		}

		@Override
		public Instant instant() {
			return Instant.now().plus(this.moved.get());
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			throw new UnsupportedOperationException();
		}

	}

}
