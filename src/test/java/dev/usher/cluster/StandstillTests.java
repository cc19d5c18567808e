package dev.usher.cluster;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing is written after a standstill before it was heard who was ended meanwhile. Who
 * waits asks again and again, which is how it is seen here.
 */
class StandstillTests {

	private final AtomicLong time = new AtomicLong(TimeUnit.DAYS.toNanos(1));

	private final AtomicInteger asked = new AtomicInteger();

	/** After how many questions it was heard. */
	private volatile int heardAfter = 5;

	/** How far the time goes on with each question, in milliseconds. */
	private volatile long step;

	private volatile boolean possible = true;

	private volatile boolean polls;

	/** The latest moment that was asked about. */
	private volatile long moment;

	private final Standstill standstill = new Standstill(new Standstill.Heard() {

		@Override
		public boolean isPossible() {
			return StandstillTests.this.possible;
		}

		@Override
		public boolean since(long moment) {
			StandstillTests.this.moment = moment;
			goOn(StandstillTests.this.step);
			return StandstillTests.this.asked.incrementAndGet() > StandstillTests.this.heardAfter;
		}

		@Override
		public boolean isBy(Thread thread) {
			return StandstillTests.this.polls;
		}

	}, this.time::get);

	@AfterEach
	void end() {
		this.standstill.destroy();
	}

	private void pass(long millis) {
		this.time.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	/** As the process does that does not stand still. */
	private void goOn(long millis) {
		pass(millis);
		this.standstill.beat();
	}

	private void standStill(long millis) {
		this.standstill.afterSingletonsInstantiated();
		pass(millis);
		this.standstill.awaitHeard();
	}

	@Test
	void writerWhenTheProcessStoodStillThenWaitsUntilItIsHeardWhoWasEndedMeanwhile() {
		standStill(1_001);
		assertThat(this.asked).hasValue(6);
		assertThat(this.moment).isEqualTo(this.time.get());
		this.standstill.awaitHeard();
		assertThat(this.asked).as("not once more").hasValue(6);
	}

	@Test
	void writerWhenTheProcessStoodStillAgainThenWaitsAgain() {
		standStill(60_000);
		pass(1_001);
		this.heardAfter = 8;
		this.standstill.awaitHeard();
		assertThat(this.asked).hasValue(9);
		assertThat(this.moment).isEqualTo(this.time.get());
	}

	@Test
	void writerWhenTheProcessWasAwayForLessThanASecondThenDoesNotWait() {
		standStill(1_000);
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void writerWhenTheDatabaseIsAwayThenWaitsThreeSecondsAtMost() {
		this.heardAfter = Integer.MAX_VALUE;
		this.step = 900;
		standStill(5_000);
		assertThat(this.asked).hasValue(4);
		this.standstill.awaitHeard();
		assertThat(this.asked).as("not once more").hasValue(4);
	}

	@Test
	void writerWhenItIsTheOneThatHearsThenDoesNotWaitForItself() {
		this.polls = true;
		standStill(5_000);
		assertThat(this.asked).hasValue(0);
	}

	@Test
	void writerWhenNothingCanBeEndedElsewhereThenDoesNotWait() {
		this.possible = false;
		standStill(5_000);
		assertThat(this.asked).hasValue(0);
	}

}
