package dev.usher.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until a test moves it. Any thread may read it. */
public class MutableClock extends Clock {

	private volatile Instant now;

	private volatile long steady;

	private volatile Runnable whenRead = () -> {
	};

	/** Stands at the real time, in whole seconds. */
	public MutableClock() {
		this(Instant.ofEpochSecond(Instant.now().getEpochSecond()));
	}

	public MutableClock(Instant now) {
		this.now = now;
	}

	public void advance(Duration by) {
		set(this.now.plus(by));
	}

	/** Sets the time, which may also go backward. */
	public void set(Instant now) {
		this.steady += Math.max(0, Duration.between(this.now, now).toNanos());
		this.now = now;
	}

	/** A time that goes on with this one, and never backward. */
	public long nanos() {
		return this.steady;
	}

	/**
	 * Runs something whenever somebody asks for the time, before it is told, on their
	 * thread: it can hold them up where they ask.
	 */
	public void whenRead(Runnable action) {
		this.whenRead = action;
	}

	@Override
	public Instant instant() {
		this.whenRead.run();
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
