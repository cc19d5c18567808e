package dev.usher.throttle;

import java.time.Duration;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Addresses that show secrets which are none, with a clock moved by hand. */
class SecretThrottleTests {

	private final MutableClock clock = new MutableClock();

	private final SecretThrottle throttle = new SecretThrottle(
			new LoginProperties(10, Duration.ofSeconds(30), 50, Duration.ofSeconds(5), 1000), this.clock);

	@Test
	void addressWhenItShowsTooManyThenIsHeldUpAndOthersAreNot() {
		for (int i = 0; i < 200; i++) {
			this.throttle.begin("2001:db8::" + i).failed(new RefusedException(Reason.REFRESH_INVALID));
		}
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> this.throttle.begin("2001:db8::ffff"))
			.satisfies((refused) -> {
				assertThat(refused.reason()).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
				assertThat(refused.retryAfter()).contains(Duration.ofMillis(1250));
			});
		this.throttle.begin("2001:db8:0:1::1").succeeded();
		this.clock.advance(Duration.ofMillis(1250));
		this.throttle.begin("2001:db8::ffff").succeeded();
	}

	@Test
	void addressWhenItsSecretsAreGoodThenIsNeverHeldUp() {
		for (int i = 0; i < 1000; i++) {
			this.throttle.begin("192.0.2.1").succeeded();
			this.throttle.begin("192.0.2.1").failed(new RefusedException(Reason.STORAGE_UNAVAILABLE));
		}
	}

}
