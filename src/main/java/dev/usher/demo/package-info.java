/**
 * The profile {@code demo}: walks the gateway's main job before somebody's eyes. It is a
 * client like any other, over HTTP and WebSocket, and imports nothing of the gateway.
 * Start at {@link Demo}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.demo;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
