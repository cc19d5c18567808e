/**
 * The one line every published message takes, however it came: validate, allow, store,
 * announce. Start at {@link Publisher}; a call over HTTP comes in at
 * {@link MessageController}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "audit", "access", "inbox", "bus", "node", "trace", "thread", "protocol" })
package dev.usher.publish;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
