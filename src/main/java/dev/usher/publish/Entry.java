package dev.usher.publish;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * One message of a request, with where it goes.
 *
 * @param to its destinations as the caller wrote them; empty only where it is refused
 * @param id the caller's own id, or null
 * @param contentType what the body is
 * @param headers the caller's own headers
 * @param body the bytes
 * @param ttl how long it is worth keeping, or null
 * @param refusal what is wrong with it as a whole, or null
 */
record Entry(List<String> to, @Nullable String id, @Nullable String contentType, Map<String, String> headers,
		byte[] body, @Nullable Duration ttl, @Nullable RefusedException refusal) {

	/** Its part that goes to one destination. The body is shared. */
	Publication publication(String destination) {
		return new Publication(destination, this.id, this.contentType, this.headers, this.body, this.ttl);
	}

	/** Keeps the body out of logs. */
	@Override
	public String toString() {
		return "Entry[" + this.to + ", " + this.body.length + " bytes]";
	}

}
