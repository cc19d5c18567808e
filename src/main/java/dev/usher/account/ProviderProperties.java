package dev.usher.account;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many logins an extension's {@code AuthenticationManager} or
 * {@code AuthenticationProvider} verifies at once, and how long one may take.
 *
 * @param threads {@code usher.login-provider.threads}, how many are asked about at once;
 * 8 by default. One that hangs keeps its thread until it returns
 * @param queue {@code usher.login-provider.queue}, how many more may wait for their turn
 * before the next is refused as {@code overloaded}; 100 by default
 * @param timeout {@code usher.login-provider.timeout}, how long a client waits for the
 * outcome before it is {@code overloaded}; 10 seconds by default
 */
@ConfigurationProperties("usher.login-provider")
record ProviderProperties(@DefaultValue("8") int threads, @DefaultValue("100") int queue,
		@DefaultValue("10s") Duration timeout) {

	static final Duration MAX = Duration.ofMinutes(1);

	ProviderProperties {
		if (threads < 1 || threads > 1000) {
			throw new IllegalArgumentException(
					"usher.login-provider.threads must be from 1 to 1000, but is " + threads);
		}
		if (queue < 1) {
			throw new IllegalArgumentException("usher.login-provider.queue must be at least 1, but is " + queue);
		}
		if (timeout.toMillis() < 100 || timeout.compareTo(MAX) > 0) {
			throw new IllegalArgumentException(
					"usher.login-provider.timeout must be from 100ms to 1m, but is " + timeout.toMillis() + "ms");
		}
	}

}
