package dev.usher.inbox.store;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.usher.inbox.Draft;
import dev.usher.inbox.InboxProperties;
import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * How many logs somebody may make: by publishing, of one user and of all; by subscribing,
 * of their own and shared ones, which count with those they publish. Charged to who makes
 * them, never to whom they belong, or anybody could use up another's. The rows are the
 * truth; how many somebody has made of all is remembered, as counting a hundred thousand
 * takes its time. Used in a transaction, by the thread that appends and by those that
 * open logs; of the latter each may make one too many when they come at the same moment.
 */
final class LogQuota {

	/** Who has made a log of their own by subscribing. */
	private static final String OWNER = "";

	static final Duration RETRY_AFTER = Duration.ofMinutes(1);

	/** Other nodes make logs too, and sweepers remove them. */
	private static final long TRUSTED = Duration.ofMinutes(1).toMillis();

	private static final int REMEMBERED = 10_000;

	private final InboxDatabase database;

	private final Clock clock;

	private final int perOwner;

	private final int perPublisher;

	private final Cache<String, Count> counts = Caffeine.newBuilder().maximumSize(REMEMBERED).build();

	LogQuota(InboxDatabase database, InboxProperties properties, Clock clock) {
		this.database = database;
		this.clock = clock;
		this.perOwner = properties.logsPerOwner();
		this.perPublisher = properties.logsPerPublisher();
	}

	/**
	 * Decides which logs are made for messages that have none, in the given order.
	 * @param homeless the messages
	 */
	Decision decide(List<Draft> homeless) {
		Map<PublisherId, String> keys = new HashMap<>();
		Set<String> owners = new TreeSet<>();
		for (Draft draft : homeless) {
			PublisherId publisher = draft.publisher();
			if (publisher != null) {
				keys.computeIfAbsent(publisher, PublisherId::key);
				if (draft.destination().owner() != null) {
					owners.add(owner(draft));
				}
			}
		}
		Decision decision = new Decision(keys, counted(keys.values()), countedByOwner(keys.values(), owners));
		homeless.forEach(decision::decide);
		return decision;
	}

	/**
	 * The log that a SUBSCRIBE makes. What publishers made for a user is not the user's
	 * doing, so it does not count.
	 * @param subscriber who is charged for a shared one, or null for nobody
	 * @throws RefusedException where they have made too many
	 */
	LogStore.NewLog subscribed(Destination destination, @Nullable PublisherId subscriber) {
		String owner = destination.owner();
		if (owner != null) {
			checkOwn(Destination.encode(owner));
			return new LogStore.NewLog(destination, OWNER);
		}
		String maker = (subscriber != null) ? subscriber.key() : null;
		if (maker != null && isFull(counted(List.of(maker)), maker, this.perPublisher)) {
			throw full("One user or service makes " + this.perPublisher
					+ " stored destinations by publishing and subscribing at most.");
		}
		return new LogStore.NewLog(destination, maker);
	}

	private void checkOwn(String owner) {
		if (this.perOwner == 0) {
			return;
		}
		long count = this.database.sql()
			.sql("SELECT COUNT(*) FROM inbox_log_owners WHERE owner = ? AND maker = ?")
			.params(owner, OWNER)
			.query(Long.class)
			.single();
		if (count >= this.perOwner) {
			throw full("One user makes " + this.perOwner + " stored destinations by subscribing at most.");
		}
	}

	/** The log is there. */
	void made(LogStore.NewLog log) {
		String maker = log.maker();
		if (maker != null) {
			made(maker, 1);
		}
	}

	private void made(String maker, int logs) {
		this.counts.asMap().computeIfPresent(maker, (key, known) -> new Count(known.logs() + logs, known.readAt()));
	}

	private static boolean isFull(Map<String, Integer> counted, String key, int most) {
		return most > 0 && counted.getOrDefault(key, 0) >= most;
	}

	private static RefusedException full(String sentence) {
		return RefusedException.ofQuota(sentence, RETRY_AFTER);
	}

	private static String owner(Draft draft) {
		String owner = draft.destination().owner();
		return (owner != null) ? Destination.encode(owner) : "";
	}

	private Map<String, Integer> counted(Collection<String> publishers) {
		Map<String, Integer> counted = new HashMap<>();
		if (this.perPublisher == 0) {
			return counted;
		}
		long now = this.clock.millis();
		List<String> unknown = new ArrayList<>();
		for (String publisher : publishers) {
			Count known = this.counts.getIfPresent(publisher);
			if (known != null && now - known.readAt() < TRUSTED) {
				counted.put(publisher, known.logs());
			}
			else {
				unknown.add(publisher);
			}
		}
		if (!unknown.isEmpty()) {
			unknown.forEach((publisher) -> counted.put(publisher, 0));
			this.database.sql()
				.sql("SELECT maker, COUNT(*) FROM inbox_log_owners WHERE maker IN (:publishers) GROUP BY maker")
				.param("publishers", unknown)
				.query((row) -> {
					counted.put(row.getString(1), row.getInt(2));
				});
			unknown
				.forEach((publisher) -> this.counts.put(publisher, new Count(counted.getOrDefault(publisher, 0), now)));
		}
		return counted;
	}

	private Map<String, Integer> countedByOwner(Collection<String> publishers, Set<String> owners) {
		Map<String, Integer> counted = new HashMap<>();
		if (this.perOwner > 0 && !owners.isEmpty()) {
			this.database.sql()
				.sql("SELECT maker, owner, COUNT(*) FROM inbox_log_owners WHERE owner IN (:owners) "
						+ "AND maker IN (:publishers) GROUP BY maker, owner")
				.param("owners", owners)
				.param("publishers", publishers)
				.query((row) -> {
					counted.put(row.getString(1) + row.getString(2), row.getInt(3));
				});
		}
		return counted;
	}

	private record Count(int logs, long readAt) {

	}

	/** Which logs are made, and who is refused. */
	final class Decision {

		private final Map<PublisherId, String> keys;

		private final Map<String, Integer> counted;

		private final Map<String, Integer> countedByOwner;

		private final Map<String, Integer> made = new HashMap<>();

		private final Map<String, LogStore.NewLog> logs = new LinkedHashMap<>();

		private final Map<String, RefusedException> refusals = new HashMap<>();

		Decision(Map<PublisherId, String> keys, Map<String, Integer> counted, Map<String, Integer> countedByOwner) {
			this.keys = keys;
			this.counted = counted;
			this.countedByOwner = countedByOwner;
		}

		private void decide(Draft draft) {
			String address = draft.destination().address();
			if (this.logs.containsKey(address)) {
				return;
			}
			PublisherId publisher = draft.publisher();
			String maker = (publisher != null) ? this.keys.get(publisher) : null;
			if (maker != null) {
				if (isFull(this.counted, maker, LogQuota.this.perPublisher)) {
					refuse(address,
							"One publisher makes " + LogQuota.this.perPublisher + " stored destinations at most.");
					return;
				}
				boolean owned = draft.destination().owner() != null;
				if (owned && isFull(this.countedByOwner, maker + owner(draft), LogQuota.this.perOwner)) {
					refuse(address, "One publisher makes " + LogQuota.this.perOwner
							+ " stored destinations of one user by publishing at most.");
					return;
				}
				this.counted.merge(maker, 1, Integer::sum);
				this.countedByOwner.merge(maker + owner(draft), 1, Integer::sum);
				this.made.merge(maker, 1, Integer::sum);
			}
			this.logs.put(address, new LogStore.NewLog(draft.destination(), maker));
		}

		private void refuse(String address, String sentence) {
			this.refusals.put(address, full(sentence));
		}

		/** The logs to make. */
		List<LogStore.NewLog> logs() {
			return List.copyOf(this.logs.values());
		}

		/** Why there is no log for an address. */
		RefusedException refusal(String address) {
			RefusedException refusal = this.refusals.get(address);
			if (refusal == null) {
				throw new IllegalStateException("the log is made");
			}
			return refusal;
		}

		/** The logs are there. */
		void committed() {
			this.made.forEach(LogQuota.this::made);
		}

	}

}
