package dev.usher.thread;

import java.io.File;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** An error that leaves nobody in a state to go on ends the process; no other does. */
class FatalErrorsTests {

	private static Process start(String way, ProcessBuilder.Redirect err) throws Exception {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				DyingProcess.class.getName(), way)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.redirectError(err)
			.start();
	}

	@ParameterizedTest
	@ValueSource(strings = { "uncaught", "pool", "future", "wrapped", "logged" })
	void memoryWhenItIsOutThenTheProcessEndsAndSaysSo(String way, @TempDir File folder) throws Exception {
		File err = new File(folder, "err");
		Process process = start(way, ProcessBuilder.Redirect.to(err));
		try {
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
			assertThat(process.exitValue()).isEqualTo(FatalErrors.STATUS);
			assertThat(err).content()
				.contains("The process ends with status 3, so that a supervisor starts it again.",
						"java.lang.OutOfMemoryError");
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void memoryWhenItIsOutAndNobodyReadsTheStandardErrorThenTheProcessEndsAllTheSame() throws Exception {
		Process process = start("deaf", ProcessBuilder.Redirect.PIPE);
		try {
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
			assertThat(process.exitValue()).isEqualTo(FatalErrors.STATUS);
		}
		finally {
			process.destroyForcibly();
		}
	}

	@Test
	void errorWhenTheThreadCanGoOnThenItIsNotFatal() {
		assertThat(FatalErrors.isFatal(null)).isFalse();
		assertThat(FatalErrors.isFatal(new StackOverflowError())).isFalse();
		assertThat(FatalErrors.isFatal(new AssertionError())).isFalse();
		assertThat(FatalErrors.isFatal(new NoClassDefFoundError())).isFalse();
		assertThat(FatalErrors.isFatal(new InternalError())).isTrue();
	}

	@Test
	void causesWhenTheyGoRoundThenTheSearchEnds() {
		Exception one = new Exception();
		Exception other = new Exception(one);
		one.initCause(other);
		assertThat(FatalErrors.isFatal(one)).isFalse();
	}

}
