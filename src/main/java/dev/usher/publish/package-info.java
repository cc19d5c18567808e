/**
 * The one line every published message takes, however it came: validate, allow, announce.
 * Start at {@link Publisher}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "access", "bus", "protocol" })
package dev.usher.publish;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
