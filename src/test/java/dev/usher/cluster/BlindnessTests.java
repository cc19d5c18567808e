package dev.usher.cluster;

import java.time.Duration;

import dev.usher.cluster.ClusterProperties.WhenBlind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Who is blind: who hears nothing although somebody may end something. */
class BlindnessTests {

	private static final Duration YOUNG = Duration.ofSeconds(1);

	private static final Duration OLD = Duration.ofSeconds(6);

	private static Blindness blindness(Duration age, WhenBlind whenBlind, @Nullable PeerFreshness peers) {
		return new Blindness(() -> age,
				new ClusterProperties(Duration.ofMillis(250), Duration.ofSeconds(5), whenBlind, null), () -> peers,
				true);
	}

	private static boolean isBlind(Duration age, @Nullable PeerFreshness peers) {
		return blindness(age, WhenBlind.CLOSE, peers).isBlind();
	}

	private static PeerFreshness peers(@Nullable Duration freshest) {
		return new PeerFreshness() {
			@Override
			public boolean hasPeers() {
				return true;
			}

			@Override
			public @Nullable Duration freshest() {
				return freshest;
			}
		};
	}

	@Test
	void nodeWhenItHearsThenIsNotBlindWhateverPeersSay() {
		assertThat(isBlind(YOUNG, peers(YOUNG))).isFalse();
		assertThat(isBlind(YOUNG, peers(null))).isFalse();
	}

	@Test
	void nodeWhenItHearsNothingThenIsBlindIfAPeerHearsOrNoneIsHeard() {
		assertThat(isBlind(OLD, peers(YOUNG))).isTrue();
		assertThat(isBlind(OLD, peers(null))).isTrue();
	}

	@Test
	void nodeWhenTheDatabaseIsAwayForAllThenCarriesOn() {
		assertThat(isBlind(OLD, peers(OLD))).isFalse();
	}

	@Test
	void nodeWhenItIsAloneThenIsNeverBlind() {
		assertThat(isBlind(OLD, null)).isFalse();
		assertThat(isBlind(OLD, new PeerFreshness() {
			@Override
			public boolean hasPeers() {
				return false;
			}

			@Override
			public @Nullable Duration freshest() {
				return null;
			}
		})).isFalse();
	}

	@Test
	void nodeWhenItIsBlindThenIsReadyOnlyWhereItStays() {
		assertThat(health(WhenBlind.CLOSE)).isEqualTo(Status.DOWN);
		assertThat(health(WhenBlind.STAY)).isEqualTo(Status.UP);
		assertThat(blindness(OLD, WhenBlind.STAY, peers(YOUNG)).isBlind()).isTrue();
	}

	private static Status health(WhenBlind whenBlind) {
		return new ChangesHealthIndicator(blindness(OLD, whenBlind, peers(YOUNG))).health().getStatus();
	}

	@ParameterizedTest
	@CsvSource({ "9,5000,usher.cluster.poll must be from 10ms to 10s but is 9ms",
			"10001,60000,usher.cluster.poll must be from 10ms to 10s but is 10001ms",
			"250,999,usher.cluster.blind-after must be from 1s to 10m but is 999ms",
			"3000,5000,usher.cluster.blind-after must be twice usher.cluster.poll at least but is 5000ms" })
	void propertiesWhenWrongThenTheSentenceNamesTheOne(long poll, long blindAfter, String sentence) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ClusterProperties(Duration.ofMillis(poll), Duration.ofMillis(blindAfter),
					WhenBlind.CLOSE, null))
			.withMessage(sentence.replace(" but", ", but"));
	}

}
