/**
 * Tells this node's subscriptions and every other node that something happened. In this
 * process alone by default; an engine that carries it to others has a package of its own
 * below this one. Start at {@link Bus}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.bus;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
