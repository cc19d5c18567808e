package dev.usher.thread;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A thread as {@link WorkerWatch} sees it. It is stuck if it has had work for longer than
 * its patience and its progress has not changed meanwhile. {@code busy} and
 * {@code progress} are called by another thread, once a second, and must not block.
 *
 * @param name as in the log
 * @param patience longer than any piece of work can take, in whole seconds
 * @param busy whether it has work
 * @param progress a number that changes with each piece of work that is done
 */
public record Worker(String name, Duration patience, BooleanSupplier busy, LongSupplier progress) {

}
