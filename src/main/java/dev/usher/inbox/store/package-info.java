/**
 * Keeps stored destinations in the database: appends, reads, acknowledges and expires.
 * Owns the tables {@code inbox_*}. Everything in it is reached through
 * {@link dev.usher.inbox.Inbox}, so none of its types is public. An append goes through
 * {@link LogWriter}, a message to its reader through {@link Reader}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "inbox", "cluster", "node", "thread", "protocol" })
package dev.usher.inbox.store;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
