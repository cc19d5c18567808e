package dev.usher.publish;

import dev.usher.thread.HeapSize;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Publishing, {@code usher.publish.*}.
 *
 * @param maxBody the largest body of a message that comes over HTTP, 256 KiB by default,
 * 1 MiB at most, which is what storage takes; SEND has {@code usher.frame.max} instead
 * @param maxRequest the largest request of {@code POST /api/messages}, a batch or not, 8
 * MiB by default
 * @param maxWaiting how many bytes of such requests may be waiting for the disk at once
 * before more are refused, a size or a share of the heap; 12 % of it, 64 MiB at most, by
 * default
 * @param liveIds how much memory the ids of messages to live destinations may take,
 * likewise; 6 %, 32 MiB at most, by default, which is some 60,000; beyond that the oldest
 * are forgotten
 * @param sender whether a message names its publisher in the header {@code sender}, true
 * by default; a change holds for messages published from then on
 * @param unknownUsers {@code usher.publish.unknown-users}: whether a message to a user
 * who has no account and never came from another issuer is published all the same,
 * {@code store}, the default, or refused, {@code refuse}
 */
@ConfigurationProperties("usher.publish")
public record PublishProperties(@DefaultValue("256KB") DataSize maxBody, @DefaultValue("8MB") DataSize maxRequest,
		@DefaultValue("12%,64MB") HeapSize maxWaiting, @DefaultValue("6%,32MB") HeapSize liveIds,
		@DefaultValue("true") boolean sender, @DefaultValue("store") UnknownUsers unknownUsers) {

	/** What becomes of a message to a user that nobody knows. */
	public enum UnknownUsers {

		/** It is published: users of other issuers may come later. */
		STORE,

		/** It is refused with {@code unknown_user}. */
		REFUSE

	}

	private static final DataSize STORAGE_LIMIT = DataSize.ofMegabytes(1);

	/** One request is one array of bytes. */
	private static final DataSize MOST = DataSize.ofGigabytes(1);

	public PublishProperties {
		if (maxBody.toBytes() < 1 || maxBody.compareTo(STORAGE_LIMIT) > 0) {
			throw new IllegalArgumentException(
					"usher.publish.max-body must be from 1B to 1MB, but is " + maxBody.toBytes() + "B");
		}
		if (maxRequest.compareTo(maxBody) < 0) {
			throw new IllegalArgumentException(
					"usher.publish.max-request must be at least as large as usher.publish.max-body, but is "
							+ maxRequest.toBytes() + "B");
		}
		if (maxRequest.compareTo(MOST) > 0) {
			throw new IllegalArgumentException(
					"usher.publish.max-request must be 1GB at most, but is " + maxRequest.toBytes() + "B");
		}
		maxWaiting.check("usher.publish.max-waiting", maxRequest.toBytes());
		liveIds.check("usher.publish.live-ids", 0);
	}

	/** Bytes of requests that may wait: one at least has room. */
	long maxWaitingBytes() {
		return this.maxWaiting.bytes(this.maxRequest.toBytes());
	}

}
