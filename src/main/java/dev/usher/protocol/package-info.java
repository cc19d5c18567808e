/**
 * The words everyone speaks: destinations, the message that travels, and the reasons a
 * request or a connection is refused. Imports nothing. Start at {@link Destination} and
 * {@link Reason}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.protocol;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
