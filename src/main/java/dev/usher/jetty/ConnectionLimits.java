package dev.usher.jetty;

import java.time.Duration;

/**
 * What connections of HTTP may hold until they are a WebSocket.
 *
 * @param perAddress how many an address may have open; 0 for any number
 * @param requestTimeout how long a request may take to arrive, a handshake of TLS to be
 * made
 * @param minRate how many bytes a second a client takes at least of an answer that waits
 * for it, on average over {@code requestTimeout}; 0 for none
 */
record ConnectionLimits(int perAddress, Duration requestTimeout, long minRate) {

}
