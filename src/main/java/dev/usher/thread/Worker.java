package dev.usher.thread;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * A thread as {@link WorkerWatch} sees it. Stuck is who has had work for longer than its
 * patience and whose progress has not changed meanwhile. Both questions are asked by
 * another thread, once a second, and must not block.
 *
 * @param name as in the log
 * @param patience longer than any piece of work can take, in whole seconds
 * @param busy whether it has work
 * @param progress a number that changes with each piece of work that is done
 */
public record Worker(String name, Duration patience, BooleanSupplier busy, LongSupplier progress) {

}
