/**
 * Tells every node that a message was accepted. In this process by default. Start at
 * {@link Bus}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.bus;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
