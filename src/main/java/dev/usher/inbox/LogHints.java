package dev.usher.inbox;

import dev.usher.protocol.Destination;

/**
 * Carries hints to the other nodes. They only make quick what every node finds by looking
 * at the database; so nothing is answered, nothing is tried again and nothing blocks. Any
 * thread calls.
 */
public interface LogHints {

	/** Where nothing carries them: other nodes look each second. */
	LogHints NONE = new LogHints() {

		@Override
		public boolean work() {
			return false;
		}

		@Override
		public void appended(LogHint hint) {
		}

		@Override
		public void freed(Destination destination) {
		}

	};

	/**
	 * Whether hints of all other nodes arrive now, as far as is known. While they do,
	 * this node looks at the database every 30 seconds, else each second.
	 */
	boolean work();

	/** Something was stored. Called after the commit, once for each log and batch. */
	void appended(LogHint hint);

	/** Messages of a shared reader were taken here and are free again. */
	void freed(Destination destination);

}
