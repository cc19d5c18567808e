package dev.usher.session;

import org.jspecify.annotations.Nullable;

/**
 * How a session is to begin, however its user was authenticated.
 *
 * @param device where it is
 * @param cookie a cookie that is to open it too, or null
 */
record NewSession(Device device, @Nullable SessionCookie cookie) {

}
