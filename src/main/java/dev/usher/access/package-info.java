/**
 * Who is calling ({@link Caller}), what the rules let them do and how often they may try.
 * Everything that no rule allows is denied. Start at {@link AccessRules}, or at
 * {@link TokenBucket} for rates.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.access;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
