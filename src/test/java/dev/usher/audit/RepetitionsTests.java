package dev.usher.audit;

import java.util.List;
import java.util.stream.IntStream;

import dev.usher.audit.AuditEvent.Kind;
import dev.usher.audit.Repetitions.Sum;
import dev.usher.protocol.Reason;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which events have a line of their own, and what becomes of the others. */
class RepetitionsTests {

	private final Repetitions repetitions = new Repetitions();

	private static AuditEvent refusal(String from) {
		return AuditEvent.of(Kind.CONNECT).from(from).because(Reason.FORBIDDEN);
	}

	private int written(int times, AuditEvent event) {
		return (int) IntStream.range(0, times).filter((i) -> this.repetitions.isWritten(event)).count();
	}

	@Test
	void refusalsWhenAlikeThenTheFirstAreWrittenAndTheRestIsSummedUp() {
		assertThat(written(9513, refusal("192.0.2.1"))).isEqualTo(10);
		assertThat(written(3, refusal("192.0.2.2"))).isEqualTo(3);
		assertThat(this.repetitions.takeSums()).containsExactly(new Sum(refusal("192.0.2.1"), 9503));
		assertThat(this.repetitions.takeSums()).isEmpty();
		assertThat(written(1, refusal("192.0.2.1"))).isEqualTo(1);
	}

	@Test
	void refusalsWhenOfAHundredThousandAddressesThenLinesAreFewAndNoneIsLost() {
		long written = IntStream.range(0, 100_000)
			.filter((i) -> this.repetitions.isWritten(refusal("10." + i / 65536 + "." + i / 256 % 256 + "." + i % 256)))
			.count();
		List<Sum> sums = this.repetitions.takeSums();
		assertThat(written).isEqualTo(200);
		assertThat(sums).hasSizeLessThan(220);
		assertThat(written + sums.stream().mapToLong(Sum::times).sum()).isEqualTo(100_000);
	}

	@Test
	void eventsWhenTheyAreNoRefusalsThenAllAreWritten() {
		assertThat(written(1000, AuditEvent.of(Kind.CONNECT).from("192.0.2.1"))).isEqualTo(1000);
		assertThat(written(1000, AuditEvent.of(Kind.DISCONNECT).because(Reason.TOKEN_EXPIRED))).isEqualTo(1000);
		assertThat(this.repetitions.takeSums()).isEmpty();
	}

}
