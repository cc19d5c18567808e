/**
 * Several nodes that are one gateway, on one database: what must reach every node is a
 * row that every node polls, and a node that cannot read them knows that it is blind.
 * Start at {@link Changes} to tell the other nodes of something, at {@link PolledTable}
 * and {@link ChangeListener} to hear of it, at {@link ChangeHints} to have them look at
 * once, at {@link Blindness} for what a node does that hears nothing. Who the nodes are
 * is in {@code node}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "bus", "thread" })
package dev.usher.cluster;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
