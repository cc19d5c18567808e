/**
 * The calls of those who look after the gateway, operators and administrators: what is
 * connected, stored and subscribed to, and why somebody may not. Owns no state of its
 * own: it asks those who have it. Start at
 * {@link dev.usher.operation.ConnectionController}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "socket", "publish", "presence", "inbox", "node", "account", "token",
		"access", "audit", "edge", "protocol", "thread" })
package dev.usher.operation;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
