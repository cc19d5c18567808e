/**
 * What is true of every TCP connection and of every request before a servlet sees it: how
 * it ends, how much of the node one address may hold, TLS, and which hosts are ours.
 * Start at {@link JettyConfiguration}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "http", "openapi", "client", "edge", "thread", "protocol" })
package dev.usher.jetty;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
