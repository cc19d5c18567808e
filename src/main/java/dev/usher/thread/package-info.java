/**
 * The threads of the gateway's own: what happens when one of them fails, how the process
 * ends when there is no memory left, whether each gets on with its work, and how much of
 * the heap a property may give away. Start at {@link FatalErrors} and
 * {@link WorkerWatch}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.thread;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
