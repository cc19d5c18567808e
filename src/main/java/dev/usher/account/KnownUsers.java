package dev.usher.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.cluster.Change;
import dev.usher.cluster.ChangeListener;
import dev.usher.protocol.TextRules;
import dev.usher.protocol.UserRemoved;
import dev.usher.thread.SchedulingConfiguration;
import dev.usher.thread.SteadyTime;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The users there are, from the database. What was found is believed for a while: whoever
 * exists for ten minutes, who does not for half a minute, so that one who comes from
 * elsewhere on another node is soon found. Accounts that are made and removed are known
 * at once, and on other nodes with their next poll.
 */
@Component
class KnownUsers implements UserDirectory, ChangeListener {

	/** Some 20 MiB when full; one that is forgotten is looked up again. */
	private static final int MAX_REMEMBERED = 100_000;

	private static final Duration FRESH = Duration.ofMinutes(10);

	private static final Duration FRESH_GUESS = Duration.ofSeconds(30);

	/** How often it is written down that the same user came. */
	private static final Duration SEEN = Duration.ofDays(1);

	/** Who has not come for so long is nobody any more. */
	private static final Duration FORGOTTEN = Duration.ofDays(400);

	/** A message does not wait longer for a name. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(1);

	/** Written in the place of an issuer: no URL, and not our own name. */
	private static final String ELSEWHERE = "login-provider";

	private final UserLookups lookups;

	private final Sightings sightings;

	private final ForeignUsers foreign;

	private final Clock clock;

	/** Names that exist as they are written. */
	private final Cache<String, User> exact;

	/** Names that are nobody's, or an account's in another case. */
	private final Cache<String, User> others;

	/** Callers without an account who were written down. */
	private final Cache<String, String> written;

	/** How often accounts were made or removed. */
	private final AtomicLong changes = new AtomicLong();

	KnownUsers(UserLookups lookups, Sightings sightings, ForeignUsers foreign, Clock clock, SteadyTime time) {
		this.lookups = lookups;
		this.sightings = sightings;
		this.foreign = foreign;
		this.clock = clock;
		this.exact = remembered(FRESH, time);
		this.others = remembered(FRESH_GUESS, time);
		this.written = remembered(SEEN, time);
	}

	private static <T> Cache<String, T> remembered(Duration duration, SteadyTime time) {
		return Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(duration).ticker(time::nanos).build();
	}

	@Override
	public void seen(Caller caller) {
		String name = caller.name();
		if (caller.sessionId() == null) {
			write(name, caller.issuer());
		}
		if (this.exact.getIfPresent(name) == null) {
			this.exact.put(name, new User(name, true));
		}
	}

	/** Notes that somebody logged in, or is logged in, whose account is elsewhere. */
	void cameFromElsewhere(String name) {
		write(name, ELSEWHERE);
	}

	private void write(String name, String issuer) {
		if (this.written.asMap().putIfAbsent(name, issuer) == null) {
			this.others.invalidate(name);
			if (!this.sightings.add(name, issuer, () -> this.written.invalidate(name))) {
				this.written.invalidate(name);
			}
		}
	}

	@Override
	public @Nullable User known(String name) {
		User user = this.exact.getIfPresent(name);
		if (user == null) {
			user = this.others.getIfPresent(name);
		}
		return (user != null || canExist(name)) ? user : new User(name, false);
	}

	/** No issuer can give a name with controls or with half a character. */
	private static boolean canExist(String name) {
		return TextRules.isPrintable(name);
	}

	@Override
	public CompletionStage<User> find(String name) {
		CompletableFuture<User> found = new CompletableFuture<>();
		long before = this.changes.get();
		this.lookups.find(name).thenAccept((user) -> {
			Cache<String, User> cache = (user.exists() && user.name().equals(name)) ? this.exact : this.others;
			cache.put(name, user);
			// What was read before an account was made or removed may be wrong since.
			if (this.changes.get() != before) {
				cache.invalidate(name);
			}
			found.complete(user);
		}).exceptionally((failure) -> {
			found.complete(new User(name, true));
			return null;
		});
		return found.completeOnTimeout(new User(name, true), MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public boolean isForeign(String name) {
		return this.written.getIfPresent(name) != null
				|| (canExist(name) && !this.foreign.find(List.of(name)).isEmpty());
	}

	/** An account was made, or removed. */
	void changed(String username) {
		changed(Set.of(username));
	}

	/** Looks through all that is remembered, once however many they are. */
	private void changed(Collection<String> usernames) {
		this.changes.incrementAndGet();
		Set<String> keys = usernames.stream().map(AccountRules::key).collect(Collectors.toSet());
		for (Cache<String, User> cache : List.of(this.exact, this.others)) {
			cache.asMap().keySet().removeIf((name) -> keys.contains(AccountRules.key(name)));
		}
	}

	/** After the commit: before, whoever looks would find the account again. */
	@TransactionalEventListener(fallbackExecution = true)
	void on(UserRemoved event) {
		changed(event.username());
	}

	@Override
	public Change.Kind kind() {
		return Change.Kind.ACCOUNT;
	}

	@Override
	public void onChanged(List<String> targets) {
		changed(targets);
	}

	@Scheduled(fixedDelay = 24, initialDelay = 1, timeUnit = TimeUnit.HOURS,
			scheduler = SchedulingConfiguration.SCHEDULER)
	void forget() {
		Instant before = this.clock.instant().minus(FORGOTTEN);
		this.foreign.forget(before);
	}

}
