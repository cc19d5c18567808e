package dev.usher.inbox;

import java.time.Duration;

import dev.usher.thread.HeapSize;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Stored destinations, {@code usher.inbox.*}.
 *
 * @param keep how long a message is kept, 7 days by default; a change holds for messages
 * stored from then on
 * @param keepCount how many messages a log keeps, 1000 by default, 0 for no limit
 * @param inFlight how many messages of one subscription may be unacknowledged at once,
 * 256 by default
 * @param maxDeliveries after how many NACKs a message is set aside in {@code .dead}, 5 by
 * default, 0 for never
 * @param ackTimeout how long a message may stay unacknowledged before it is handed to
 * another subscription of the same reader, 5 minutes by default, 0 for ever
 * @param readerExpiry after how long without a subscription a durable reader is removed,
 * 30 days by default
 * @param readersPerLog how many durable readers a log may have, 64 by default
 * @param logsPerOwner how many logs of their own a user may make by SUBSCRIBE, 1000 by
 * default, 0 for no limit; and how many of one user one publisher may make by publishing
 * @param logsPerPublisher how many logs one user or service may make by publishing, and
 * shared ones by SUBSCRIBE, together; 100,000 by default, 0 for no limit; by publishing
 * of one user {@code logsPerOwner} at most
 * @param ownerBytes how many bytes may be stored for one user, over all their logs, and
 * in one shared log, 256 MB by default, 0 for no limit
 * @param publisherBytes how many bytes one publisher may store in a day of UTC, 10 GB by
 * default, 0 for no limit
 * @param minFree how much of the disk must be free for the embedded database to take
 * messages, 128 MB by default, 0 for no such mark
 * @param queue how many messages may wait to be stored before publishers are refused,
 * 10000 by default
 * @param queueBytes how many bytes may wait to be stored before publishers are refused, a
 * size or a share of the heap; 6 % of it, 32 MB at most, by default
 * @param tail how much memory the latest messages of logs that are being read may take,
 * likewise
 * @param sweep how often what has expired is removed, 10 seconds by default
 * @param lease after how long without a sign of life a node loses what it had taken to
 * deliver, 15 seconds by default
 * @param node a name for this node that stays when it restarts and that no other node of
 * the same database has, so that it goes on at once with what it had taken; by default
 * one made up at each start
 */
@ConfigurationProperties("usher.inbox")
public record InboxProperties(@DefaultValue("7d") Duration keep, @DefaultValue("1000") int keepCount,
		@DefaultValue("256") int inFlight, @DefaultValue("5") int maxDeliveries,
		@DefaultValue("5m") Duration ackTimeout, @DefaultValue("30d") Duration readerExpiry,
		@DefaultValue("64") int readersPerLog, @DefaultValue("1000") int logsPerOwner,
		@DefaultValue("100000") int logsPerPublisher, @DefaultValue("256MB") DataSize ownerBytes,
		@DefaultValue("10GB") DataSize publisherBytes, @DefaultValue("128MB") DataSize minFree,
		@DefaultValue("10000") int queue, @DefaultValue("6%,32MB") HeapSize queueBytes,
		@DefaultValue("6%,32MB") HeapSize tail, @DefaultValue("10s") Duration sweep,
		@DefaultValue("15s") Duration lease, @Nullable String node) {

	private static final int MAX_NODE = 64;

	/** Two bodies, so that one can be taken while another is written. */
	public static final long LEAST_QUEUE = 2L * Draft.MAX_BODY;

	public InboxProperties {
		positive("keep", keep);
		atLeast("keep-count", keepCount, 0);
		atLeast("in-flight", inFlight, 1);
		atLeast("max-deliveries", maxDeliveries, 0);
		if (ackTimeout.isNegative()) {
			throw new IllegalArgumentException("usher.inbox.ack-timeout must not be negative, but is " + ackTimeout);
		}
		positive("reader-expiry", readerExpiry);
		atLeast("readers-per-log", readersPerLog, 1);
		atLeast("logs-per-owner", logsPerOwner, 0);
		atLeast("logs-per-publisher", logsPerPublisher, 0);
		atLeast("owner-bytes", ownerBytes.toBytes(), 0);
		atLeast("publisher-bytes", publisherBytes.toBytes(), 0);
		atLeast("min-free", minFree.toBytes(), 0);
		atLeast("queue", queue, 1);
		queueBytes.check("usher.inbox.queue-bytes", LEAST_QUEUE);
		tail.check("usher.inbox.tail", 0);
		positive("sweep", sweep);
		if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
			throw new IllegalArgumentException("usher.inbox.lease must be 1s at least, but is " + lease);
		}
		if (node != null && (node.isBlank() || node.length() > MAX_NODE)) {
			throw new IllegalArgumentException("usher.inbox.node must have 1 to 64 characters, but is '" + node + "'");
		}
	}

	private static void positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException("usher.inbox." + name + " must be longer than 0, but is " + value);
		}
	}

	private static void atLeast(String name, long value, long least) {
		if (value < least) {
			throw new IllegalArgumentException(
					"usher.inbox." + name + " must be " + least + " at least, but is " + value);
		}
	}

}
