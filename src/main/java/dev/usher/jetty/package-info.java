/**
 * What is true of every TCP connection before there is a request: how it ends, and how
 * much of the node one address may hold. Start at {@link GuardedConnector}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "edge", "protocol" })
package dev.usher.jetty;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
