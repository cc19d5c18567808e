/**
 * Which nodes there are on the database: each start's identity, its lease, how far its
 * clock is off, who went without a word, and who drains. Owns the tables {@code nodes}
 * and {@code node_drains}. Start at {@link dev.usher.node.NodeLease}, for the end of a
 * node at {@link dev.usher.node.Draining}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "cluster", "bus", "inbox", "account", "audit", "access", "storage", "thread",
		"protocol" })
package dev.usher.node;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
