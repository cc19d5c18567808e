package dev.usher.node;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Beats are counted by their sender, so that those that are missing are known. */
class HeardBeatTests {

	private static HeardBeat beat(long sequence) {
		return new HeardBeat(Duration.ofSeconds(sequence).toNanos(), sequence, 0, Duration.ofMillis(20), "1.0");
	}

	@Test
	void beatsWhenSomeAreMissingThenAreCountedFromTheFirstThatWasHeard() {
		HeardBeat first = beat(41).after(null);
		assertThat(first.missed()).isZero();
		HeardBeat next = beat(42).after(first);
		assertThat(next.missed()).isZero();
		HeardBeat later = beat(45).after(next);
		assertThat(later.missed()).isEqualTo(2);
		assertThat(beat(47).after(later).missed()).isEqualTo(3);
	}

	@Test
	void beatWhenItComesLateThenCountsNothing() {
		assertThat(beat(3).after(beat(5)).missed()).isZero();
	}

	@Test
	void ageWhenTimeGoesOnThenGrowsUntilTheNodeIsSuspected() {
		long fourLater = Duration.ofSeconds(14).toNanos();
		assertThat(beat(10).age(fourLater)).isEqualTo(Duration.ofSeconds(4));
		assertThat(beat(10).isYoungerThan(Heartbeats.SUSPECTED, fourLater)).isTrue();
		assertThat(beat(10).isYoungerThan(Heartbeats.SUSPECTED, Duration.ofSeconds(15).toNanos())).isFalse();
	}

}
