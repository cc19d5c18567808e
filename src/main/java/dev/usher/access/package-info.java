/**
 * Who is calling ({@link Caller}) and what the rules let them do. Everything that no rule
 * allows is denied. Start at {@link AccessRules}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.access;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
