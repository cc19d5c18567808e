package dev.usher.cluster;

/**
 * Something that other nodes remember and that is so no more.
 *
 * @param kind what it is
 * @param target which one, 1,200 characters at most
 */
public record Change(Kind kind, String target) {

	/** What has changed. */
	public enum Kind {

		/** A log was removed: its number, a blank and its address. */
		LOG,

		/** A reader that outlives connections was removed: its number. */
		READER,

		/** An account was made or removed: its name. */
		ACCOUNT

	}

}
