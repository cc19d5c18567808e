package dev.usher.throttle;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenBucketTests {

	@Test
	void bucketWhenEmptyThenSaysHowLongUntilThereAreEnough() {
		TokenBucket bucket = new TokenBucket(5, 1, 1000, 0);
		assertThat(bucket.take(5, 0)).isZero();
		assertThat(bucket.take(1, 0)).isEqualTo(1000);
		assertThat(bucket.take(2, 400)).isEqualTo(1600);
		assertThat(bucket.take(2, 2000)).isZero();
		assertThat(bucket.take(1, 2000)).isEqualTo(1000);
	}

	@Test
	void bucketWhenAskedEachMillisecondThenLosesNothingToRounding() {
		TokenBucket bucket = new TokenBucket(1, 3, 1000, 0);
		int taken = 0;
		for (int now = 0; now < 10_000; now++) {
			taken += (bucket.take(1, now) == 0) ? 1 : 0;
		}
		assertThat(taken).isBetween(30, 31);
	}

	@Test
	void bucketWhenLeftAloneForALongTimeThenHoldsWhatItCan() {
		long rate = 1L << 40;
		TokenBucket bucket = new TokenBucket(5 * rate, rate, 1000, 0);
		assertThat(bucket.take(5 * rate, 0)).isZero();
		assertThat(bucket.take(5 * rate, Long.MAX_VALUE / 2)).isZero();
		assertThat(bucket.take(1, Long.MAX_VALUE / 2)).isOne();
	}

	@Test
	void bucketWhenGivenBackMoreThanItHoldsThenHoldsWhatItCan() {
		TokenBucket bucket = new TokenBucket(2, 1, 1000, 0);
		bucket.giveBack();
		assertThat(bucket.take(2, 0)).isZero();
		assertThat(bucket.take(1, 0)).isEqualTo(1000);
		bucket.giveBack();
		assertThat(bucket.take(1, 0)).isZero();
	}

	@Test
	void bucketWhenTheClockGoesBackThenNothingIsLost() {
		TokenBucket bucket = new TokenBucket(2, 1, 1000, 10_000);
		assertThat(bucket.take(1, 0)).isZero();
		assertThat(bucket.take(1, 0)).isZero();
		assertThat(bucket.take(1, 10_500)).isEqualTo(500);
	}

}
