/**
 * Mints and verifies access tokens: our own signing keys and their JWK set, the issuers
 * we trust beside ourselves, and what has been revoked. Start at {@link TokenVerifier}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "cluster", "storage", "access", "thread", "protocol" })
package dev.usher.token;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
