/**
 * Passkeys (WebAuthn level 3): registered by whoever is logged in, and a way to log in
 * without a name or a password. Start at {@link PasskeyCeremonies} for what an
 * authenticator signs, at {@link Passkeys} for what is kept. Nothing here is made where
 * {@code usher.webauthn.rp-id} is not set.
 */
@NullMarked
@ApplicationModule(
		allowedDependencies = { "session", "account", "token", "audit", "access", "edge", "thread", "protocol" })
package dev.usher.passkey;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
