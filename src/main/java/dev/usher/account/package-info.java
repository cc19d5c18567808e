/**
 * Who may log in: accounts, password hashes, and the calls of an administrator. Start at
 * {@link Accounts}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = { "storage", "access", "protocol" })
package dev.usher.account;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
