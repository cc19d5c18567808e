/**
 * What is true of every HTTP request: the filter chain and problem documents. Start at
 * {@link SecurityConfiguration} and {@link Problem}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "session", "account", "dpop", "token", "audit", "access", "client", "edge",
		"storage", "thread", "protocol" })
package dev.usher.http;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
