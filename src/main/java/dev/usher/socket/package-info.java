/**
 * Live STOMP sessions, and the only package that knows Spring messaging: CONNECT, the
 * guard of every frame, subscriptions and delivery. A frame comes in at
 * {@link SocketEvents} and goes out at {@link Delivery}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "websocket", "stomp", "publish", "inbox", "bus", "session", "dpop", "token",
		"presence", "cluster", "node", "audit", "throttle", "access", "edge", "trace", "thread", "protocol" })
package dev.usher.socket;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
