/**
 * Proofs of possession (DPoP, RFC 9449): that whoever shows a credential has the key it
 * is bound to. Whether a credential is bound at all, the token or the session says. Start
 * at {@link Proofs}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "token", "thread", "protocol" })
package dev.usher.dpop;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
