/**
 * The STOMP wire format, 1.0 to 1.2: bytes in, frames out, and back. Knows nothing of
 * sockets or of Spring. Start at {@link FrameDecoder} and {@link FrameEncoder}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "protocol" })
package dev.usher.stomp;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
