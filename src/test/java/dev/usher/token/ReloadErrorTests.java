package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.usher.token.VerificationKeys.Reloaded;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The thread that reads keys again meets an Error. */
class ReloadErrorTests {

	@Test
	void reloadWhenItMeetsAnErrorThenWhoWaitsIsToldAndTheNextIsRead() throws Exception {
		AtomicInteger runs = new AtomicInteger();
		try (Reload reload = new Reload("keys-test", Clock.systemUTC(), Duration.ZERO, () -> {
			if (runs.incrementAndGet() == 1) {
				throw new AssertionError("on purpose");
			}
			return true;
		})) {
			assertThat(reload.now().toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo(Reloaded.FAILED);
			assertThat(reload.now().toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo(Reloaded.DONE);
		}
	}

	@Test
	void watchWhenItMeetsAnErrorThenItGoesOn() throws Exception {
		CountDownLatch looks = new CountDownLatch(3);
		try (Reload reload = new Reload("keys-test", Clock.systemUTC(), Duration.ZERO, () -> true)) {
			reload.watch(() -> {
				looks.countDown();
				throw new AssertionError("on purpose");
			}, Duration.ofMillis(1));
			assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

}
