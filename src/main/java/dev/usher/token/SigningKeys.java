package dev.usher.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.usher.thread.SchedulingConfiguration;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Our own keys: which one signs now, and all that verify. Read from the database at start
 * and every minute, and asked in memory. A new key is made {@link #LEAD} before it begins
 * to sign, so that other nodes and those who cache the JWK set know it by then; an old
 * one verifies until the last token it signed has expired.
 */
@Component
class SigningKeys implements VerificationKeys {

	/** Twice as long as the JWK set may be cached. */
	static final Duration LEAD = JwkSetController.MAX_AGE.multipliedBy(2);

	/**
	 * How much longer an old key verifies than its last token lives, for a node that was
	 * cut off from the database and has not yet heard of the new key.
	 */
	static final Duration GRACE = Duration.ofHours(1);

	/** How often strangers with invented key ids can make us ask the database. */
	static final Duration RELOAD_INTERVAL = Duration.ofSeconds(3);

	private static final Logger logger = LoggerFactory.getLogger(SigningKeys.class);

	private final SigningKeyStore store;

	private final Clock clock;

	private final TokenProperties.Own properties;

	private final Reload reload;

	private final Object reading = new Object();

	private volatile Snapshot snapshot = new Snapshot(List.of());

	SigningKeys(SigningKeyStore store, Clock clock, TokenProperties properties) {
		this.store = store;
		this.clock = clock;
		this.properties = properties.token();
		this.reload = new Reload("usher-signing-keys", clock, RELOAD_INTERVAL, () -> {
			read();
			return true;
		});
	}

	/**
	 * Reads the keys, makes the first or the next where it is due, and drops the dead.
	 * @throws UnusableKeyException where the master key does not fit
	 */
	@PostConstruct
	void open() {
		synchronized (this.reading) {
			read();
			addIfDue();
			removeRetired();
		}
	}

	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void check() {
		try {
			open();
		}
		catch (DataAccessException | UnusableKeyException ex) {
			logger.warn("The signing keys could not be read again; those known stay in use: {}", ex.getMessage());
		}
	}

	@PreDestroy
	void close() {
		this.reload.close();
	}

	/** The key that signs now. */
	SigningKey current() {
		return this.snapshot.signingAt(this.clock.instant());
	}

	/** The JWK set (RFC 7517) as JSON: whatever verifies, public halves only. */
	String jwkSet() {
		return this.snapshot.json;
	}

	@Override
	public @Nullable JWSVerifier find(@Nullable String kid) {
		return (kid != null) ? this.snapshot.verifiers.get(kid) : null;
	}

	@Override
	public CompletionStage<Reloaded> reload() {
		return this.reload.onDemand();
	}

	private void read() {
		synchronized (this.reading) {
			this.snapshot = new Snapshot(this.store.read(this.snapshot.keys));
		}
	}

	private void addIfDue() {
		List<SigningKey> keys = this.snapshot.keys;
		Instant now = this.clock.instant();
		if (keys.isEmpty()) {
			add(SigningKey.generate(1, now));
			return;
		}
		SigningKey newest = keys.get(keys.size() - 1);
		if (!now.isBefore(newest.signsFrom().plus(this.properties.keyRotation()).minus(LEAD))) {
			add(SigningKey.generate(newest.generation() + 1, now.plus(LEAD)));
		}
	}

	private void add(SigningKey key) {
		if (this.store.add(key)) {
			logger.info("Made signing key {} which signs from {}", key.kid(), key.signsFrom());
		}
		read();
	}

	private void removeRetired() {
		List<SigningKey> keys = this.snapshot.keys;
		Duration outlives = this.properties.lifetime().plus(GRACE);
		Instant now = this.clock.instant();
		List<SigningKey> kept = new ArrayList<>(keys);
		for (int i = 0; i < keys.size() - 1; i++) {
			if (!now.isBefore(keys.get(i + 1).signsFrom().plus(outlives))) {
				this.store.remove(keys.get(i));
				kept.remove(keys.get(i));
				logger.info("Dropped signing key {}, whose last token has expired", keys.get(i).kid());
			}
		}
		if (kept.size() < keys.size()) {
			this.snapshot = new Snapshot(kept);
		}
	}

	/** The keys known at one moment, oldest first. Immutable. */
	private static final class Snapshot {

		private final List<SigningKey> keys;

		private final Map<String, JWSVerifier> verifiers = new HashMap<>();

		private final String json;

		private Snapshot(List<SigningKey> keys) {
			this.keys = List.copyOf(keys);
			keys.forEach((key) -> this.verifiers.put(key.kid(), key.verifier()));
			this.json = new JWKSet(keys.stream().<JWK>map(SigningKey::publicKey).toList()).toString(true);
		}

		private SigningKey signingAt(Instant now) {
			for (int i = this.keys.size() - 1; i > 0; i--) {
				if (!now.isBefore(this.keys.get(i).signsFrom())) {
					return this.keys.get(i);
				}
			}
			return this.keys.get(0);
		}

	}

}
