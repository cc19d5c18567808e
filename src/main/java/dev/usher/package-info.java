/**
 * A realtime gateway: log in over REST, open a STOMP session over WebSocket as yourself,
 * receive what is yours. One package for each feature; which may import which stands in
 * each {@code package-info} and is verified by a test.
 */
@NullMarked
package dev.usher;

import org.jspecify.annotations.NullMarked;
