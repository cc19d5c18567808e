package dev.usher.client.java;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A message to be published. Immutable: each method answers a changed copy.
 *
 * @param body a string, or bytes where {@code binary}, as Base64
 * @param headers the publisher's own, 64 at most
 * @param id by which the gateway knows it again for 24 hours, 1 to 255 characters; a
 * random one by default, made here once and kept however often it is sent
 * @param ttl how long a stored message is worth keeping, to the millisecond; null for as
 * long as the gateway keeps it
 */
public record OutgoingMessage(String to, String body, boolean binary, String contentType, Map<String, String> headers,
		String id, @Nullable Duration ttl) {

	public OutgoingMessage {
		DestinationNames.checkPublish(to);
		headers = Map.copyOf(headers);
		if (id.isEmpty() || id.length() > 255) {
			throw new IllegalArgumentException("id has 1 to 255 characters");
		}
	}

	private static OutgoingMessage of(String to, String body, boolean binary, String contentType) {
		return new OutgoingMessage(to, body, binary, contentType, Map.of(), UUID.randomUUID().toString(), null);
	}

	/**
	 * Text.
	 * @throws UsherException with {@code bad_destination} for what cannot be published to
	 */
	public static OutgoingMessage text(String to, String text) {
		return of(to, text, false, "text/plain");
	}

	/** JSON, as written by a library of yours; it goes out as it is. */
	public static OutgoingMessage json(String to, String json) {
		return of(to, json, false, "application/json");
	}

	/** Bytes. */
	public static OutgoingMessage bytes(String to, byte[] bytes) {
		return of(to, Base64.getEncoder().encodeToString(bytes), true, "application/octet-stream");
	}

	/**
	 * The destination of a user, with the name encoded.
	 * @param kind {@code topic} or {@code queue}
	 */
	public static String toUser(String username, String kind, String name) {
		String destination = "/user/" + DestinationNames.encode(username) + "/" + kind + "/" + name;
		DestinationNames.checkPublish(destination);
		return destination;
	}

	public OutgoingMessage id(String own) {
		return new OutgoingMessage(this.to, this.body, this.binary, this.contentType, this.headers, own, this.ttl);
	}

	public OutgoingMessage headers(Map<String, String> own) {
		return new OutgoingMessage(this.to, this.body, this.binary, this.contentType, own, this.id, this.ttl);
	}

	public OutgoingMessage ttl(Duration worth) {
		return new OutgoingMessage(this.to, this.body, this.binary, this.contentType, this.headers, this.id, worth);
	}

	/** As the gateway reads it. */
	String toJson() {
		String own = this.headers.entrySet()
			.stream()
			.map((header) -> JsonText.quote(header.getKey()) + ":" + JsonText.quote(header.getValue()))
			.collect(Collectors.joining(","));
		return "{\"to\":" + JsonText.quote(this.to) + (this.binary ? ",\"body_base64\":" : ",\"body\":")
				+ JsonText.quote(this.body) + ",\"content_type\":" + JsonText.quote(this.contentType) + ",\"headers\":{"
				+ own + "},\"id\":" + JsonText.quote(this.id)
				+ ((this.ttl != null) ? ",\"ttl\":\"" + this.ttl + "\"" : "") + "}";
	}

}
