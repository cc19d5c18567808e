package dev.usher.session;

import java.time.Duration;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.testing.MutableClock;
import dev.usher.throttle.LoginBuckets;
import dev.usher.throttle.LoginProperties;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The throttle by itself, with a clock moved by hand. */
class LoginThrottleTests {

	private static final RefusedException WRONG = new RefusedException(Reason.BAD_CREDENTIALS);

	private final MutableClock clock = new MutableClock();

	private final LoginProperties properties = new LoginProperties(10, Duration.ofSeconds(30), 50,
			Duration.ofSeconds(5), 1000);

	private final LoginThrottle throttle = new LoginThrottle(this.properties, this.clock,
			LoginBuckets.ofThisNode(this.properties, this.clock));

	private void fail(String username, String address) {
		this.throttle.login(username, address).failed(WRONG);
	}

	private void assertHeldUp(String username, String address, Duration wait) {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> this.throttle.login(username, address))
			.satisfies((refused) -> {
				assertThat(refused.reason()).isEqualTo(Reason.TOO_MANY_ATTEMPTS);
				assertThat(refused.retryAfter()).contains(wait);
			});
	}

	@Test
	void accountWhenGuessedThenIsHeldUpUntilATokenIsBack() {
		for (int i = 0; i < 10; i++) {
			fail("Alice", "192.0.2." + i);
		}
		assertHeldUp("alice", "192.0.2.99", Duration.ofSeconds(30));
		this.clock.advance(Duration.ofSeconds(29));
		assertHeldUp("ALICE", "192.0.2.99", Duration.ofSeconds(1));
		this.clock.advance(Duration.ofSeconds(1));
		fail("alice", "192.0.2.99");
		assertHeldUp("alice", "192.0.2.99", Duration.ofSeconds(30));
		this.throttle.login("bob", "192.0.2.99").succeeded();
	}

	@Test
	void accountWhenGuessedFromElsewhereThenItsOwnerIsNotHeldUpAtAKnownAddress() {
		this.throttle.login("alice", "198.51.100.7").succeeded();
		for (int i = 0; i < 10; i++) {
			fail("alice", "192.0.2." + i);
		}
		for (int i = 0; i < 100; i++) {
			this.throttle.login("alice", "198.51.100.7").succeeded();
		}
		assertHeldUp("alice", "198.51.100.8", Duration.ofSeconds(30));
	}

	@Test
	void accountWhenItsNameHoldsAnAddressThenReachesNobodyElsesBucket() {
		this.throttle.login("alice", "198.51.100.7").succeeded();
		for (String name : new String[] { "198.51.100.7 alice", "alice@198.51.100.7", "password alice" }) {
			for (int i = 0; i < 10; i++) {
				fail(name, "192.0.2.1");
			}
		}
		this.throttle.login("alice", "198.51.100.7").succeeded();
		this.throttle.passwordChange("alice").succeeded();
	}

	@Test
	void addressWhenItGuessesThenIsHeldUpForEveryAccountItIsNotKnownTo() {
		this.throttle.login("known", "2001:db8::1").succeeded();
		for (int i = 0; i < 50; i++) {
			fail("user" + i, "2001:db8::" + i);
		}
		// Another address of the same subscriber, who has 64 bits of them.
		assertHeldUp("another", "2001:db8::ffff", Duration.ofSeconds(5));
		this.throttle.login("another", "2001:db8:0:1::1").succeeded();
		this.throttle.login("known", "2001:db8::1").succeeded();
	}

	@Test
	void attemptWhenManyAtOnceThenEachTakesBeforeItIsKnownHowItEnds() {
		for (int i = 0; i < 10; i++) {
			this.throttle.login("alice", "192.0.2.1");
		}
		assertHeldUp("alice", "192.0.2.1", Duration.ofSeconds(30));
	}

	@Test
	void attemptWhenItsAccountIsHeldUpThenCostsItsAddressNothing() {
		for (int i = 0; i < 10; i++) {
			fail("alice", "192.0.2." + i);
		}
		for (int i = 0; i < 100; i++) {
			assertHeldUp("alice", "198.51.100.7", Duration.ofSeconds(30));
		}
		for (int i = 0; i < 50; i++) {
			fail("user" + i, "198.51.100.7");
		}
		assertHeldUp("another", "198.51.100.7", Duration.ofSeconds(5));
	}

	@Test
	void attemptWhenItFailsForNoFaultOfTheClientThenCostsNothing() {
		for (int i = 0; i < 100; i++) {
			this.throttle.login("alice", "192.0.2.1").failed(new RefusedException(Reason.OVERLOADED));
			this.throttle.login("alice", "192.0.2.1").failed(new IllegalStateException());
		}
		this.throttle.login("alice", "192.0.2.1").succeeded();
	}

	@Test
	void passwordChangeWhenGuessedThenIsHeldUp() {
		for (int i = 0; i < 10; i++) {
			this.throttle.passwordChange("alice").failed(WRONG);
		}
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> this.throttle.passwordChange("alice"));
		this.throttle.login("alice", "192.0.2.1").succeeded();
	}

	@Test
	void memoryWhenAHundredThousandLoginsFailThenIsBounded() {
		for (int i = 0; i < 100_000; i++) {
			fail("user" + i + "x".repeat(i % 50), "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255));
			if (i % 10 == 0) {
				this.throttle.login("good" + i, "10.9." + (i >> 8 & 255) + "." + (i & 255)).succeeded();
			}
		}
		assertThat(this.throttle.size()).isLessThanOrEqualTo(4 * 1000);
	}

	@Test
	void memoryWhenBucketsAreFullAgainThenForgetsThem() {
		fail("alice", "192.0.2.1");
		assertThat(this.throttle.size()).isEqualTo(2);
		this.clock.advance(Duration.ofSeconds(301));
		assertThat(this.throttle.size()).isZero();
	}

}
