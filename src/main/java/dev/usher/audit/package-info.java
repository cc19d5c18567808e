/**
 * Who did what, from where, and how it ended: one record for each event that somebody may
 * have to explain later, on a logger of its own, and a counter for each. Start at
 * {@link Audit}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "storage", "thread", "protocol" })
package dev.usher.audit;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
