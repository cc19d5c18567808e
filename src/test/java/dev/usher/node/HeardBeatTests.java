package dev.usher.node;

import java.time.Duration;

import dev.usher.bus.ByteReader;
import dev.usher.bus.ByteWriter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Beats are counted by their sender, so that those that are missing are known. */
class HeardBeatTests {

	private static HeardBeat beat(long sequence) {
		return new HeardBeat(Duration.ofSeconds(sequence).toNanos(), sequence, 0, Duration.ofMillis(20), "1.0", 0);
	}

	private static HeardBeat unsent(long hints) {
		return new HeardBeat(0, 1, 0, Duration.ZERO, "1.0", hints);
	}

	@Test
	void beatWhenItComesFromAnEarlierReleaseThenIsReadAndTellsOfNothingUnsent() {
		byte[] entry = new ByteWriter(64).number(7).number(20).text("0.9").toBytes();
		HeardBeat beat = HeardBeat.read(new ByteReader(entry), 5);
		assertThat(beat).isEqualTo(new HeardBeat(5, 7, 0, Duration.ofMillis(20), "0.9", 0));
		assertThat(beat.tellsOfUnsent(null)).isFalse();
	}

	@Test
	void beatWhenTheNumberOfUnsentHintsChangesThenTellsOfIt() {
		byte[] entry = new ByteWriter(64).number(8).number(20).text("1.0").number(300).toBytes();
		HeardBeat beat = HeardBeat.read(new ByteReader(entry), 5);
		assertThat(beat.unsent()).isEqualTo(300);
		assertThat(beat.tellsOfUnsent(null)).isTrue();
		assertThat(beat.tellsOfUnsent(unsent(299))).isTrue();
		assertThat(beat.tellsOfUnsent(unsent(300))).isFalse();
		assertThat(beat.after(unsent(299)).unsent()).isEqualTo(300);
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
