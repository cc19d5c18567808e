package dev.usher.token;

import java.io.IOException;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of a trusted issuer that publishes a JWK set. Fetched at start and every
 * {@link #FRESH} on one thread of its own, and once more for an unknown {@code kid}, at
 * most once in {@link #ON_DEMAND}. While the issuer is down the last keys stay in use for
 * {@link #STALE}.
 */
final class RemoteKeys implements VerificationKeys, AutoCloseable {

	/** How long a fetched set is used before it is fetched again in the background. */
	static final Duration FRESH = Duration.ofMinutes(5);

	/** How soon the background tries again after a failure. */
	static final Duration RETRY = Duration.ofSeconds(30);

	/** How often strangers with invented key ids can make us ask the issuer. */
	static final Duration ON_DEMAND = Duration.ofMinutes(1);

	/**
	 * How long keys outlive the last successful fetch: a night in which the issuer is
	 * down does not lock its users out, but a key it withdrew is not trusted for days.
	 */
	static final Duration STALE = Duration.ofHours(12);

	/** How far the issuer's clock may be behind ours. */
	private static final Duration SKEW = Duration.ofSeconds(30);

	/** How often the clock is looked at. */
	private static final Duration WATCH = Duration.ofSeconds(1);

	private static final int MIN_RSA_BITS = 2048;

	private static final Logger logger = LoggerFactory.getLogger(RemoteKeys.class);

	private final String issuer;

	private final JwkSetSource source;

	private final JWSAlgorithm algorithm;

	private final Clock clock;

	private final Reload reload;

	private volatile Fetched fetched = new Fetched(Map.of(), null, Instant.MIN, Instant.MIN);

	private volatile Instant nextFetch = Instant.MIN;

	private volatile boolean down;

	private final Instant madeAt;

	RemoteKeys(String issuer, JwkSetSource source, JWSAlgorithm algorithm, Clock clock) {
		this.issuer = issuer;
		this.source = source;
		this.algorithm = algorithm;
		this.clock = clock;
		this.madeAt = clock.instant();
		this.reload = new Reload("usher-issuer-keys", clock, ON_DEMAND, this::fetch);
	}

	/** Begins to fetch in the background. */
	void start() {
		this.reload.now();
		this.reload.watch(this::fetchIfDue, WATCH);
	}

	String issuer() {
		return this.issuer;
	}

	/** When the keys were fetched last, or when this was made where they never were. */
	Instant readAt() {
		Instant last = this.fetched.begunAt();
		return (last != Instant.MIN) ? last : this.madeAt;
	}

	void fetchIfDue() {
		if (!this.clock.instant().isBefore(this.nextFetch)) {
			this.reload.now();
		}
	}

	@Override
	public @Nullable JWSVerifier find(@Nullable String kid) {
		Fetched known = this.fetched;
		if (!this.clock.instant().isBefore(known.usableUntil())) {
			return null;
		}
		return (kid != null) ? known.byKid().get(kid) : known.single();
	}

	@Override
	public CompletionStage<Reloaded> reload() {
		return this.reload.onDemand();
	}

	@Override
	public boolean mayBeMissing(@Nullable Instant issuedAt) {
		// An issuer publishes a key before it signs with it.
		return this.down || issuedAt == null || issuedAt.plus(SKEW).isAfter(this.fetched.begunAt());
	}

	@Override
	public Duration retryAfter() {
		Instant next = this.reload.nextOnDemand();
		Instant background = this.nextFetch;
		Duration wait = Duration.between(this.clock.instant(), background.isBefore(next) ? background : next);
		return (wait.compareTo(RETRY_AFTER) > 0) ? wait : RETRY_AFTER;
	}

	@Override
	public void close() {
		this.reload.close();
	}

	private boolean fetch() {
		Instant begunAt = this.clock.instant();
		try {
			Fetched keys = prepare(this.source.fetch(), begunAt);
			this.nextFetch = this.clock.instant().plus(FRESH);
			this.fetched = keys;
			if (this.down) {
				logger.info("The keys of issuer {} can be fetched again", this.issuer);
			}
			this.down = false;
			return true;
		}
		catch (IOException ex) {
			this.nextFetch = this.clock.instant().plus(RETRY);
			if (!this.down) {
				logger.warn("The keys of issuer {} cannot be fetched; those known stay in use until {}: {}",
						this.issuer, (this.fetched.usableUntil() != Instant.MIN) ? this.fetched.usableUntil() : "now",
						ex.getMessage());
			}
			this.down = true;
		}
		catch (InterruptedException ex) {
			// The gateway is going down.
			Thread.currentThread().interrupt();
		}
		return false;
	}

	private Fetched prepare(List<JWK> keys, Instant begunAt) {
		Map<String, JWSVerifier> byKid = new HashMap<>();
		List<JWSVerifier> all = new ArrayList<>();
		for (JWK key : keys) {
			JWSVerifier verifier = verifier(key);
			if (verifier != null) {
				all.add(verifier);
				if (key.getKeyID() != null) {
					byKid.put(key.getKeyID(), verifier);
				}
			}
		}
		if (all.isEmpty()) {
			logger.warn("Issuer {} publishes no key for {}; none of its tokens will be accepted", this.issuer,
					this.algorithm);
		}
		return new Fetched(Map.copyOf(byKid), (all.size() == 1) ? all.get(0) : null, begunAt,
				this.clock.instant().plus(STALE));
	}

	/** A verifier of the key, or null where it is not meant for this algorithm. */
	private @Nullable JWSVerifier verifier(JWK key) {
		boolean verifies = (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
				&& (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY))
				&& (key.getAlgorithm() == null || key.getAlgorithm().equals(this.algorithm));
		try {
			if (verifies && key instanceof RSAKey rsa && JWSAlgorithm.Family.RSA.contains(this.algorithm)) {
				RSAPublicKey publicKey = rsa.toRSAPublicKey();
				return (publicKey.getModulus().bitLength() >= MIN_RSA_BITS) ? new RSASSAVerifier(publicKey) : null;
			}
			if (verifies && key instanceof ECKey ec && Curve.forJWSAlgorithm(this.algorithm) != null
					&& Curve.forJWSAlgorithm(this.algorithm).contains(ec.getCurve())) {
				return new ECDSAVerifier(ec.toECPublicKey());
			}
		}
		catch (JOSEException ex) {
			logger.debug("A key of issuer {} is not usable", this.issuer);
		}
		return null;
	}

	/**
	 * What one fetch brought.
	 *
	 * @param byKid prepared verifiers
	 * @param single the one for tokens without {@code kid}, where there is exactly one
	 * @param begunAt when it was begun
	 * @param usableUntil when it must no longer be trusted
	 */
	private record Fetched(Map<String, JWSVerifier> byKid, @Nullable JWSVerifier single, Instant begunAt,
			Instant usableUntil) {

	}

}
