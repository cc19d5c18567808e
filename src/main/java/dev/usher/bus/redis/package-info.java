/**
 * The bus on Redis's publish and subscribe, by Lettuce. Owns the connections, the frames
 * on them and the list of channels this node wants. Only there with
 * {@code usher.cluster.bus=redis}. Start at {@link RedisBus}; what is sent goes through
 * {@link LaneOutput}, what arrives through {@link LaneInput}, and {@link BusLane} keeps
 * the connections of both.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "bus", "token", "thread", "protocol" })
package dev.usher.bus.redis;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
