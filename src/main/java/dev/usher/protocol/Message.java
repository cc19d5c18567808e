package dev.usher.protocol;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A message that was accepted and is on its way to its readers.
 *
 * @param id what {@code message-id} carries; unique, without blank and colon
 * @param destination where it goes
 * @param contentType the publisher's own word for what the body is
 * @param headers the publisher's own headers, of those the protocol owns at most
 * {@code sender}, which the gateway has put there
 * @param body the bytes, never changed after this record was made
 */
public record Message(String id, Destination destination, @Nullable String contentType, Map<String, String> headers,
		byte[] body) {

}
