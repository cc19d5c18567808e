package dev.usher.presence;

import java.time.Duration;

/**
 * How long the shared count waits for a database that does not answer.
 *
 * @param connect how long a connect waits for its place, if its own timeout allows
 * @param statement how long a statement may take; for a lock it waits three eighths of
 * that
 */
record Patience(Duration connect, Duration statement) {

	/** What a node has. Tests that ask who gets a place have more. */
	static final Patience USUAL = new Patience(Duration.ofSeconds(1), Duration.ofSeconds(2));

	Duration lock() {
		return this.statement.multipliedBy(3).dividedBy(8);
	}

}
