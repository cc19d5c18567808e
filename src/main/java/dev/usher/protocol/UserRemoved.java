package dev.usher.protocol;

/**
 * A user is gone for good, and so is what was kept for them: somebody who is given the
 * name later must find nothing of theirs. Published inside the transaction that removes
 * the account; what follows from it comes after the commit.
 *
 * @param username the name that is free again
 */
public record UserRemoved(String username) {

}
