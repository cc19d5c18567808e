/**
 * Services: who may act without a person. Clients are kept in the database, made and
 * removed by an administrator, and get access tokens by OAuth 2 client credentials (RFC
 * 6749, section 4.4). Start at {@link TokenEndpointConfiguration} for a token, at
 * {@link Clients} for a client.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "token", "dpop", "cluster", "account", "audit", "storage", "throttle",
		"access", "thread", "protocol" })
package dev.usher.service;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
