/**
 * How the packaged jar is started, and where configuration is looked for. What stops the
 * start for a property that is wrong, and how it is said: by the property's full name,
 * without a stack trace; and the one line that says the gateway is up. Imports nothing.
 * Start at {@link Launch}, or at {@link UnknownPropertyCheck}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = "audit")
package dev.usher.start;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
