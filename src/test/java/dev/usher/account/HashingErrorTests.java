package dev.usher.account;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The one thread that hashes meets an Error, and more than one. */
class HashingErrorTests {

	@ParameterizedTest
	@CsvSource(value = { "null", "ann" }, nullValues = "null")
	void hashingWhenItMeetsErrorsThenWhoAskedIsToldAndTheNextIsServed(@Nullable String name) throws Exception {
		HashingExecutor executor = new HashingExecutor(new PasswordProperties(8, 1, 20));
		try {
			for (int i = 0; i < 3; i++) {
				CompletableFuture<String> failing = executor.submit(name, () -> {
					throw new AssertionError("on purpose");
				});
				assertThat(failing).failsWithin(30, TimeUnit.SECONDS)
					.withThrowableOfType(ExecutionException.class)
					.withMessageContaining("on purpose");
				assertThat(executor.submit(name, () -> "hashed").get(30, TimeUnit.SECONDS)).isEqualTo("hashed");
			}
			assertThat(executor.waiting()).isZero();
		}
		finally {
			executor.destroy();
		}
	}

}
