/**
 * One login on one device. A session owns its refresh token, its access tokens and its
 * sockets; ending it ends them all. Start at {@link Sessions}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "account", "dpop", "token", "storage", "audit", "throttle", "access", "edge",
		"thread", "protocol" })
package dev.usher.session;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
