/**
 * Who may log in: accounts, password hashes, and the calls of an administrator. Start at
 * {@link Accounts}. Says as an event ({@link CredentialsRevoked}) when an account's
 * sessions must end; it knows no session.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "cluster", "storage", "audit", "access", "thread", "protocol" })
package dev.usher.account;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
