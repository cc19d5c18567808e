package dev.usher.inbox.store;

import dev.usher.inbox.Draft;
import org.jspecify.annotations.Nullable;

/**
 * What a stored message counts against quotas, in bytes: the same in Java, where it is
 * added, as in SQL, where it is taken away again.
 */
final class MessageSize {

	/**
	 * For the row itself, its indexes and what its id takes: many empty messages fill a
	 * disk too.
	 */
	static final int ROW = 256;

	/** The same, of a row of {@code inbox_messages}. */
	static final String SQL = ROW + " + OCTET_LENGTH(body) + COALESCE(CHAR_LENGTH(headers), 0)";

	/** PostgreSQL counts characters of Unicode, H2 those of UTF-16. */
	private final boolean countsCodePoints;

	MessageSize(InboxDatabase database) {
		this.countsCodePoints = database.countsCodePoints();
	}

	/**
	 * The size of a message.
	 * @param headers its headers as they are stored
	 */
	long of(Draft draft, @Nullable String headers) {
		long characters = 0;
		if (headers != null) {
			characters = (this.countsCodePoints) ? headers.codePointCount(0, headers.length()) : headers.length();
		}
		return ROW + draft.body().length + characters;
	}

}
