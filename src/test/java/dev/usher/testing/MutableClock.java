package dev.usher.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. Any thread may read it. */
public final class MutableClock extends Clock {

	private volatile Instant now;

	/** Stands at the real time, in whole seconds. */
	public MutableClock() {
		this(Instant.ofEpochSecond(Instant.now().getEpochSecond()));
	}

	public MutableClock(Instant now) {
		this.now = now;
	}

	/** Moves it forward. */
	public void advance(Duration by) {
		this.now = this.now.plus(by);
	}

	/** Puts it where the test wants it, backward too. */
	public void set(Instant now) {
		this.now = now;
	}

	@Override
	public Instant instant() {
		return this.now;
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

}
