/**
 * RFC 6455 on Jetty connections, as Spring WebSocket shows it: the opening handshake with
 * its interceptors, sessions, frames in, frames out, the closing handshake. Knows nothing
 * of STOMP. Start at {@link WebSocketUpgradeHandler} and {@link PayloadHandler}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "thread", "protocol" })
package dev.usher.websocket;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
