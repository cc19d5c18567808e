/**
 * Who is connected, on all nodes. Owns the table {@code connections}, a mirror of what
 * each node has in memory, and the places of a user that nodes share. A node that has no
 * peers writes nothing. Start at {@link dev.usher.presence.Presence}; the rows are
 * written by {@link dev.usher.presence.RowWriter}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "node", "cluster", "bus", "thread" })
package dev.usher.presence;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
