/**
 * RFC 6455 on Jetty connections: the opening handshake, frames in, frames out, the
 * closing handshake. Knows nothing of STOMP. Start at {@link WebSocketUpgradeHandler}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.websocket;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
