/**
 * Which nodes there are on the database: each start's identity, its lease, how far its
 * clock is off, and who went without a word. Owns the table {@code nodes}. Start at
 * {@link dev.usher.node.NodeLease}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "cluster", "bus", "inbox", "storage", "thread" })
package dev.usher.node;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
