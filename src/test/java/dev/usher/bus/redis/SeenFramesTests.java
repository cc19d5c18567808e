package dev.usher.bus.redis;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** No frame counts twice, however long somebody keeps it and whatever comes meanwhile. */
class SeenFramesTests {

	private static final long AGE = SeenFrames.MOST_AGE.toMillis();

	private static final long START = Duration.ofDays(20_000).toMillis();

	private final SeenFrames seen = new SeenFrames();

	private @Nullable FrameFault note(long origin, long sequence, long time, long now) {
		return this.seen.note(new BusFrame(4, 1, origin, sequence, time), now);
	}

	@Test
	void frameWhenItComesAgainThenIsARepetition() {
		assertThat(note(1, 7, START, START)).isNull();
		assertThat(note(1, 7, START, START)).isEqualTo(FrameFault.REPLAY);
		assertThat(note(1, 7, START, START + AGE)).isEqualTo(FrameFault.REPLAY);
	}

	@Test
	void frameWhenALaterOneHasComeThenIsARepetition() {
		assertThat(note(1, 7, START, START)).isNull();
		assertThat(note(1, 9, START, START)).as("one may be lost").isNull();
		assertThat(note(1, 8, START, START)).isEqualTo(FrameFault.REPLAY);
		assertThat(note(1, -1, START, START)).isEqualTo(FrameFault.REPLAY);
		assertThat(note(1, 10, START, START)).isNull();
	}

	@Test
	void frameWhenItIsOfAnotherOriginThenCountsForItself() {
		assertThat(note(1, 7, START, START)).isNull();
		assertThat(note(2, 7, START, START)).isNull();
		assertThat(note(2, 7, START, START)).isEqualTo(FrameFault.REPLAY);
	}

	@Test
	void frameWhenItIsMoreThanAMinuteFromNowThenIsStaleAndLeavesNoTrace() {
		assertThat(note(1, 9, START - AGE - 1, START)).isEqualTo(FrameFault.STALE);
		assertThat(note(1, 9, START + AGE + 1, START)).isEqualTo(FrameFault.STALE);
		assertThat(note(1, 1, START - AGE, START)).isNull();
		assertThat(note(1, 2, START + AGE, START)).isNull();
	}

	/** One with a clock ahead is kept until its frames are too old for certain. */
	@Test
	void originWhenItIsForgottenThenNoneOfItsFramesCanComeAgain() {
		assertThat(note(1, 7, START + AGE, START)).isNull();
		for (long now = START; now <= START + 3 * AGE + 1; now += AGE / 2) {
			for (int other = 0; other < 1_100; other++) {
				note(1_000_000 * now + other, 1, now, now);
			}
			assertThat(note(1, 7, START + AGE, now)).as("%d ms later", now - START).isNotNull();
		}
	}

}
