package dev.usher.bus.redis;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log says of a bus that does not work. */
@ExtendWith(OutputCaptureExtension.class)
class BusStateTests {

	private final BusState state = new BusState(new RedisFault("the test's", "&usher:*"));

	@Test
	void sentencesWhenLanesFailInTurnForDifferentReasonsThenEachIsLoggedOnceUntilAllIsWell(CapturedOutput output) {
		for (int i = 0; i < 10; i++) {
			this.state.down("Redis has closed the connection.", null);
			this.state.down("Redis has not answered for 3 s.", null);
		}
		assertThat(output).containsOnlyOnce("closed the connection").containsOnlyOnce("not answered for 3 s");
		assertThat(this.state.problem()).isEqualTo("Redis has not answered for 3 s.");
		this.state.up();
		assertThat(output).containsOnlyOnce("works again");
		assertThat(this.state.problem()).isNull();
		this.state.down("Redis has closed the connection.", null);
		assertThat(output.toString().split("closed the connection", -1)).hasSize(3);
	}

}
