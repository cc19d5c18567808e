package dev.usher.account;

import org.jspecify.annotations.Nullable;

/**
 * An account was disabled, deleted or given another password, so what was opened with it
 * must end. Published inside the transaction that changes the account: listeners run on
 * the same thread, and either all of it happens or nothing.
 *
 * @param username whose sessions end
 * @param keptSession the one session that may stay, or null for none
 */
public record CredentialsRevoked(String username, @Nullable String keptSession) {

}
