package dev.usher.thread;

/**
 * A time that only goes on, whatever becomes of the clock: for how long something is
 * kept. It says nothing about the time of day.
 */
@FunctionalInterface
public interface SteadyTime {

	/** In nanoseconds, from no particular moment. */
	long nanos();

}
