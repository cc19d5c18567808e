/**
 * Spans of the gateway's own work, where somebody has added a tracer; nothing where
 * nobody has. Imports nothing. Start at {@link dev.usher.trace.Traces}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.trace;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
