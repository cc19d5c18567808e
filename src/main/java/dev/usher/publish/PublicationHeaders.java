package dev.usher.publish;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import dev.usher.protocol.OwnedHeaders;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a message may be that comes over HTTP: no more than a SEND frame
 * could carry, or there would be messages that STOMP cannot say.
 */
final class PublicationHeaders {

	/** As many as a frame has. */
	static final int MOST = 64;

	/** As long as a header line of a frame, in bytes. */
	static final int MAX_LINE = 4096;

	private PublicationHeaders() {
	}

	/**
	 * What is wrong with another header.
	 * @param others those before it
	 * @return a sentence, or null where it may be
	 */
	static @Nullable String problem(Map<String, String> others, String name, String value) {
		if (!OwnedHeaders.isPlain(name)) {
			return OwnedHeaders.notPlain(name);
		}
		String shown = EntryParser.shorten(name);
		if (OwnedHeaders.contains(name)) {
			return "Header \"" + shown + "\" belongs to the protocol.";
		}
		if (others.containsKey(name)) {
			return "Header \"" + shown + "\" is given twice.";
		}
		if (others.size() >= MOST) {
			return "A message has " + MOST + " headers at most.";
		}
		if (!TextRules.isStorable(value)) {
			return "Header \"" + shown + "\" holds a character that is none.";
		}
		int bytes = name.length() + 1 + value.getBytes(StandardCharsets.UTF_8).length;
		return (bytes > MAX_LINE) ? "Header \"" + shown + "\" is over " + MAX_LINE + " bytes." : null;
	}

	/**
	 * Refuses headers that a SEND frame could not carry.
	 * @throws RefusedException {@link Reason#BAD_REQUEST}
	 */
	static void check(Map<String, String> headers) {
		Map<String, String> before = new HashMap<>();
		headers.forEach((name, value) -> {
			String problem = problem(before, name, value);
			if (problem != null) {
				throw new RefusedException(Reason.BAD_REQUEST, problem);
			}
			before.put(name, value);
		});
	}

}
