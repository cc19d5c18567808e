/**
 * Stored destinations: each is a log in the database, with readers that have a place in
 * it. Owns the tables {@code inbox_*}. The store is the truth; what is told to listeners
 * is only a hint that it moved. Start at {@link Inbox}; an append goes through
 * {@link LogWriter}, a message to its reader through {@link Reader}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "thread", "protocol" })
package dev.usher.inbox;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
