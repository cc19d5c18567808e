/**
 * Stored destinations: each is a log with readers that have a place in it. The store is
 * the truth; what is told to listeners is only a hint that it moved. Start at
 * {@link Inbox}, the one door; how it is kept is behind it, in {@code inbox.store}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "thread", "protocol" })
package dev.usher.inbox;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
