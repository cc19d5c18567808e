package dev.usher.throttle;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How failed logins are slowed. Only failures count.
 *
 * @param accountAttempts {@code usher.login.account-attempts}, how many failures in a row
 * an account bears from addresses it is not known at, and as many from each address it is
 * known at; 10 by default
 * @param accountRefill {@code usher.login.account-refill}, after how long one of them is
 * forgiven; 30 s by default, so that a guesser gets 2,880 tries a day
 * @param addressAttempts {@code usher.login.address-attempts}, the same for an address,
 * of IPv6 for 64 bits of it; 50 by default, because an office shares one
 * @param addressRefill {@code usher.login.address-refill}, likewise; 5 s by default
 * @param remembered {@code usher.login.remembered}, how many accounts and how many
 * addresses are remembered, some 200 bytes each; 100,000 by default
 */
@ConfigurationProperties("usher.login")
public record LoginProperties(@DefaultValue("10") int accountAttempts, @DefaultValue("30s") Duration accountRefill,
		@DefaultValue("50") int addressAttempts, @DefaultValue("5s") Duration addressRefill,
		@DefaultValue("100000") int remembered) {

	private static final Duration MAX_REFILL = Duration.ofHours(1);

	public LoginProperties {
		checkPositive("usher.login.account-attempts", accountAttempts);
		checkPositive("usher.login.address-attempts", addressAttempts);
		checkPositive("usher.login.remembered", remembered);
		checkRefill("usher.login.account-refill", accountRefill);
		checkRefill("usher.login.address-refill", addressRefill);
	}

	private static void checkPositive(String property, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(property + " must be at least 1, but is " + value);
		}
	}

	/** Longer would lock out, which is the attack and not the defence. */
	private static void checkRefill(String property, Duration value) {
		if (value.toMillis() < 1 || value.compareTo(MAX_REFILL) > 0) {
			throw new IllegalArgumentException(property + " must be from 1ms to 1h, but is " + value);
		}
	}

}
