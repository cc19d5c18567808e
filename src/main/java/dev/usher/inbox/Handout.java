package dev.usher.inbox;

/**
 * A message for one subscription.
 *
 * @param message the message
 * @param redelivered whether it may have been handed out before
 */
public record Handout(StoredMessage message, boolean redelivered) {

}
