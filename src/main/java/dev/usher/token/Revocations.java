package dev.usher.token;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.usher.access.Caller;
import dev.usher.cluster.ChangeFeed;
import dev.usher.cluster.ChangeHints;
import dev.usher.thread.FailureLog;
import dev.usher.thread.SchedulingConfiguration;
import dev.usher.token.Revocation.Kind;
import jakarta.annotation.PostConstruct;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.DependsOn;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Everything that dies before its token expires. Kept in the database, so that a restart
 * forgets nothing, and in memory, so that asking costs at most six hash look-ups and no
 * query. Any thread may call.
 * <p>
 * Whoever keeps a connection for a caller registers it first and asks
 * {@link #isRevoked(Caller)} afterwards: a revocation at the same moment then shows as
 * the event, in the answer, or in both.
 */
@Component
@DependsOn(ChangeFeed.NAME)
public class Revocations {

	/** What {@link #read} needs. */
	static final String COLUMNS = "kind, target, issued_before, issuer, expires_at";

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(Revocations.class),
			"A listener failed to hear of a revocation");

	private final JdbcClient jdbc;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	private final TokenProperties properties;

	private final ChangeHints hints;

	private final Map<Kind, Map<Target, Revocation>> inForce = new EnumMap<>(Kind.class);

	Revocations(JdbcClient jdbc, ApplicationEventPublisher events, Clock clock, TokenProperties properties,
			ChangeHints hints) {
		this.hints = hints;
		this.jdbc = jdbc;
		this.events = events;
		this.clock = clock;
		this.properties = properties;
		for (Kind kind : Kind.values()) {
			this.inForce.put(kind, new ConcurrentHashMap<>());
		}
	}

	@PostConstruct
	void load() {
		this.jdbc.sql("SELECT " + COLUMNS + " FROM revocations WHERE expires_at > ?")
			.param(this.clock.millis())
			.query(Revocations::read)
			.list()
			.forEach(this::put);
	}

	static Revocation read(ResultSet row, int number) throws SQLException {
		Long issuedBefore = row.getObject("issued_before", Long.class);
		return new Revocation(Kind.valueOf(row.getString("kind")), row.getString("target"),
				(issuedBefore != null) ? Instant.ofEpochMilli(issuedBefore) : null, row.getString("issuer"),
				Instant.ofEpochMilli(row.getLong("expires_at")));
	}

	/**
	 * Puts a revocation in force: writes it down, then refuses every token it matches,
	 * then publishes it as an application event, whose listeners run before this returns.
	 * Within a transaction all but the first comes after the commit, and never where it
	 * is rolled back. Other nodes read the row, and are told to do so at once. Blocks for
	 * the database.
	 * @throws org.springframework.dao.DataAccessException where it could not be written;
	 * then nothing is revoked
	 */
	public void revoke(Revocation revocation) {
		revoke(revocation, (revocation.kind() == Kind.USER) ? revocation.value() : null);
	}

	/** The same, with whose it is, or null where that is not known. */
	private void revoke(Revocation revocation, @Nullable String user) {
		Instant issuedBefore = revocation.issuedBefore();
		this.jdbc
			.sql("INSERT INTO revocations (kind, target, issued_before, issuer, expires_at) VALUES (?, ?, ?, ?, ?)")
			.param(revocation.kind().name())
			.param(revocation.value())
			.param((issuedBefore != null) ? issuedBefore.toEpochMilli() : null)
			.param(revocation.issuer())
			.param(revocation.expiresAt().toEpochMilli())
			.update();
		afterCommit(() -> {
			this.hints.changed(user);
			take(revocation);
		});
	}

	private static void afterCommit(Runnable action) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			action.run();
			return;
		}
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
			@Override
			public void afterCommit() {
				action.run();
			}
		});
	}

	/**
	 * Puts a revocation in force on this node that is committed, whoever made it. To do
	 * so again does no harm. A listener that fails keeps none after it from its force.
	 */
	void take(Revocation revocation) {
		put(revocation);
		this.failures.guard(() -> this.events.publishEvent(revocation)).run();
	}

	/**
	 * A revocation that is kept as long as any token it could match can live: our own
	 * {@code usher.token.lifetime}, those of other issuers
	 * {@code usher.token.max-lifetime}.
	 * @param issuedBefore only tokens minted before, or null for all
	 */
	public Revocation lasting(Kind kind, String value, @Nullable Instant issuedBefore) {
		Instant now = this.clock.instant();
		Instant lastMinted = (issuedBefore != null && issuedBefore.isAfter(now)) ? issuedBefore : now;
		// Their clocks may be ahead of ours by so much.
		return new Revocation(kind, value, issuedBefore,
				lastMinted.plus(this.properties.longestLifetime()).plus(this.properties.token().leeway()));
	}

	/**
	 * Revokes every access token of a session.
	 * @param user whose it is
	 * @throws org.springframework.dao.DataAccessException where it could not be written
	 */
	public void revokeSession(String sessionId, String user) {
		// Sessions are ours, so no token of one lives longer than ours do; another node's
		// clock may be ahead.
		Instant last = this.clock.instant()
			.plus(this.properties.token().lifetime())
			.plus(this.properties.token().leeway());
		revoke(new Revocation(Kind.SESSION, sessionId, null, last), user);
	}

	/** Whether the caller's token was revoked. Never blocks. */
	public boolean isRevoked(Caller caller) {
		Instant now = this.clock.instant();
		for (Kind kind : Kind.values()) {
			String value = kind.valueOf(caller);
			Map<Target, Revocation> ofKind = ofKind(kind);
			if (value != null && !ofKind.isEmpty() && (matches(ofKind.get(new Target(value, null)), caller, now)
					|| matches(ofKind.get(new Target(value, caller.issuer())), caller, now))) {
				return true;
			}
		}
		return false;
	}

	private static boolean matches(@Nullable Revocation revocation, Caller caller, Instant now) {
		return revocation != null && now.isBefore(revocation.expiresAt()) && revocation.matches(caller);
	}

	/** Whether tokens of this issuer are taken, our own among them. */
	public boolean isTrusted(String issuer) {
		return issuer.equals(ownIssuer())
				|| this.properties.trusted().stream().anyMatch((each) -> issuer.equals(each.issuer()));
	}

	/** The {@code iss} of our own tokens. */
	public String ownIssuer() {
		return this.properties.token().issuer();
	}

	private void put(Revocation revocation) {
		ofKind(revocation.kind()).merge(new Target(revocation.value(), revocation.issuer()), revocation,
				Revocation::mergedWith);
	}

	private Map<Target, Revocation> ofKind(Kind kind) {
		return java.util.Objects.requireNonNull(this.inForce.get(kind));
	}

	/** Forgets what no living token can match. */
	@Scheduled(fixedDelay = 1, initialDelay = 1, timeUnit = TimeUnit.MINUTES,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void forgetExpired() {
		Instant now = this.clock.instant();
		this.inForce.values().forEach((ofKind) -> ofKind.values().removeIf((each) -> !now.isBefore(each.expiresAt())));
		this.jdbc.sql("DELETE FROM revocations WHERE expires_at <= ?").param(now.toEpochMilli()).update();
	}

	/** What is looked up: a name, an id, of one issuer or of all. */
	private record Target(String value, @Nullable String issuer) {

	}

}
