package dev.usher.demo;

import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

import dev.usher.testing.JavaProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The demo as the README starts it, and the examples it says to paste. */
class DemoIT {

	/** With {@code -Dusher.test.java-home=…} the jar is run on that JDK as well. */
	static Stream<String> javaHomes() {
		return Stream.of(System.getProperty("java.home"), System.getProperty("usher.test.java-home"))
			.filter(Objects::nonNull)
			.distinct();
	}

	@ParameterizedTest
	@MethodSource("javaHomes")
	void walkWhenToldToExitThenEndsWithZeroAndCanBeRepeated(String javaHome, @TempDir Path data) {
		for (int i = 0; i < 2; i++) {
			try (JavaProcess demo = JavaProcess.gatewayOn(javaHome, data, "--spring.profiles.active=demo",
					"--usher.demo.then=exit")) {
				assertThat(demo.awaitExit()).as(demo.output()).isZero();
				assertThat(demo.output()).contains("MESSAGE", "code:forbidden", "code:unauthorized", "code:revoked",
						"All 7 steps held.");
				// No whole token; what is shown of one has dots in its middle.
				assertThat(demo.output()).doesNotContainPattern("eyJ[A-Za-z0-9_-]{20}").doesNotContain("WARNING:");
			}
		}
	}

	@Test
	void walkWhenStepDoesNotHoldThenSaysWhichAndEndsWithOne(@TempDir Path data) {
		try (JavaProcess demo = JavaProcess.gateway(data, "--spring.profiles.active=demo", "--usher.demo.then=exit",
				"--usher.access[0].destination=/topic/nothing-else")) {
			assertThat(demo.awaitExit()).as(demo.output()).isEqualTo(1);
			assertThat(demo.output()).contains("Step 4 FAILED. bob got this in place of RECEIPT.", "code:forbidden")
				.doesNotContain("steps held");
		}
	}

	@Test
	void examplesWhenStartedAsThePrintedCommandsSayThenTalkToEachOther(@TempDir Path data) {
		try (JavaProcess demo = JavaProcess.gateway(data, "--spring.profiles.active=demo")) {
			int port = demo.awaitPort();
			String commands = demo.awaitOutput("src/docs/examples/Serve.java");
			String url = "http://localhost:" + port;
			assertThat(commands).contains("java src/docs/examples/Listen.java alice wonderland " + url);
			try (JavaProcess alice = listen("alice", url); JavaProcess bob = listen("bob", url)) {
				alice.awaitOutput("user-name:alice");
				bob.awaitOutput("user-name:bob");
				bob.type("alice Hello!");
				assertThat(alice.awaitOutput("Hello!")).contains("MESSAGE", "destination:/user/topic/greetings");
			}
		}
	}

	private static JavaProcess listen(String user, String url) {
		return JavaProcess.start("src/docs/examples/Listen.java", user, "wonderland", url);
	}

}
