package dev.usher.presence;

import org.jspecify.annotations.Nullable;

/**
 * A connection of this node that has a row, or is about to.
 *
 * @param id of the connection
 * @param username whose it is
 * @param sessionId the login it comes from, or null
 * @param since in nanoseconds of the machine
 */
record HeldPlace(String id, String username, @Nullable String sessionId, long since) {

}
