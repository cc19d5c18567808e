/**
 * The client for backends and tests, on the JDK alone: a jar of its own, classifier
 * {@code client}. It uses nothing of the gateway, and nothing of the gateway uses it.
 * Start at {@link UsherClient}; {@link UsherConsumer} keeps a connection,
 * {@link BatchPublisher} sends what is published, {@link TokenCache} the token of both.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.usher.client.java;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
