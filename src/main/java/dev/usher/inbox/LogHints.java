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
		public long gaps() {
			return 0;
		}

		@Override
		public boolean hearAnybody() {
			return false;
		}

		@Override
		public boolean arrive(Destination destination) {
			return true;
		}

		@Override
		public void want(Destination destination) {
		}

		@Override
		public void unwant(Destination destination) {
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

	/**
	 * Grows with each time after which hints may be missing, here or because another node
	 * could not send them. One that begins and ends between two calls of {@link #work()}
	 * counts as well.
	 */
	long gaps();

	/** Whether any other node is heard. */
	boolean hearAnybody();

	/**
	 * Whether hints of a wanted destination arrive from now on while they
	 * {@linkplain #work() work} at all. When they begin to, this node looks at it once.
	 */
	boolean arrive(Destination destination);

	/**
	 * A destination is read here now: hints of it are wanted until {@link #unwant} was
	 * called as often.
	 */
	void want(Destination destination);

	/** Takes back one {@link #want}. */
	void unwant(Destination destination);

	/** Something was stored. Called after the commit, once for each log and batch. */
	void appended(LogHint hint);

	/** Messages of a shared reader were taken here and are free again. */
	void freed(Destination destination);

}
