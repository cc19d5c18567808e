package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** What becomes of tokens, and how old the keys are that verify them. */
@Component
class TokenMeters implements MeterBinder {

	private static final double MILLIS = 1000;

	private final TokenTally tally;

	private final Issuers issuers;

	private final SigningKeys own;

	private final Clock clock;

	TokenMeters(TokenVerifier verifier, Issuers issuers, SigningKeys own, Clock clock) {
		this.tally = verifier.tally();
		this.issuers = issuers;
		this.own = own;
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.tally.counts()
			.forEach((issuer, results) -> results.forEach((result, count) -> FunctionCounter
				.builder("usher.tokens.verified", count, LongAdder::sum)
				.description("Access tokens that were looked at, by trusted issuer and by what came of it: good, or "
						+ "what was wrong")
				.tags("issuer", issuer, "result", result)
				.register(registry)));
		Gauge.builder("usher.signing.key.age", this.own, (keys) -> seconds(keys.current().signsFrom()))
			.description("For how long the gateway's own signing key has signed")
			.baseUnit("seconds")
			.register(registry);
		for (RemoteKeys keys : this.issuers.remote()) {
			Gauge.builder("usher.issuer.keys.age", keys, (each) -> seconds(each.readAt()))
				.description(
						"Time since the keys of an issuer were fetched last, or since the start if they never were")
				.baseUnit("seconds")
				.tag("issuer", keys.issuer())
				.register(registry);
		}
	}

	/** Another node's clock may be ahead. */
	private double seconds(Instant since) {
		return Math.max(0, Duration.between(since, this.clock.instant()).toMillis() / MILLIS);
	}

}
