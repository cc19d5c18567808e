package dev.usher.websocket;

import java.time.Duration;

/**
 * Bounds of one connection.
 *
 * @param queuedBytes how many bytes may wait to leave before frames are refused; one
 * frame always fits
 * @param messageBytes how large a message may be, as sessions say it; the owner of the
 * payload sees to it
 * @param closeTimeout how long the peer has to answer a close before the connection is
 * cut
 * @param compression whether permessage-deflate is accepted where a client offers it
 */
public record WebSocketLimits(int queuedBytes, int messageBytes, Duration closeTimeout, boolean compression) {

}
