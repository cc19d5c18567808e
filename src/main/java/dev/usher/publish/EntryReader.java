package dev.usher.publish;

import java.util.ArrayList;
import java.util.List;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.Utf8Validator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the body of {@code POST /api/messages}: one message or a list of them. All of it
 * is read before any of it is published, so that a request which breaks off half way has
 * published nothing. What is wrong with one message refuses that message alone; only what
 * is no JSON at all, or over a limit of the request, refuses the whole.
 */
final class EntryReader {

	/** Part of the contract. */
	static final int MAX_ENTRIES = 1000;

	/** Over all messages of a request: each is a result to answer. */
	static final int MAX_DESTINATIONS = 10_000;

	private static final JsonFactory json = JsonFactory.builder()
		.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
		.build();

	private final long maxBody;

	EntryReader(long maxBody) {
		this.maxBody = maxBody;
	}

	/**
	 * Reads the entries of a request's body, one message or an array of them.
	 * @throws RefusedException {@link Reason#BAD_REQUEST} for what is no JSON or over
	 * Jackson's limits (500 levels, 1,000 digits, names of 50,000 characters),
	 * {@link Reason#TOO_LARGE} for too many messages or destinations
	 */
	List<Entry> read(byte[] source) {
		checkUtf8(source);
		List<Entry> entries = new ArrayList<>();
		try (JsonParser parser = json.createParser(ObjectReadContext.empty(), source)) {
			JsonToken first = parser.nextToken();
			if (first == JsonToken.START_OBJECT) {
				entries.add(entry(parser, source));
			}
			else if (first == JsonToken.START_ARRAY) {
				readList(parser, source, entries);
			}
			else {
				throw new RefusedException(Reason.BAD_REQUEST, "The body must be a JSON object or a list of them.");
			}
			if (parser.nextToken() != null) {
				throw notJson();
			}
		}
		catch (StreamConstraintsException ex) {
			throw new RefusedException(Reason.BAD_REQUEST,
					"The body holds a number, a name or a nesting that is too long.");
		}
		catch (JacksonException ex) {
			throw notJson();
		}
		return entries;
	}

	private void readList(JsonParser parser, byte[] source, List<Entry> entries) {
		int destinations = 0;
		while (parser.nextToken() != JsonToken.END_ARRAY) {
			if (entries.size() == MAX_ENTRIES) {
				throw new RefusedException(Reason.TOO_LARGE, "A request has " + MAX_ENTRIES + " messages at most.");
			}
			Entry entry = entry(parser, source);
			entries.add(entry);
			destinations += entry.to().size();
			if (destinations > MAX_DESTINATIONS) {
				throw new RefusedException(Reason.TOO_LARGE,
						"The messages of a request have " + MAX_DESTINATIONS + " destinations at most.");
			}
		}
	}

	private Entry entry(JsonParser parser, byte[] source) {
		EntryParser entry = new EntryParser(parser, source, this.maxBody);
		if (parser.currentToken() != JsonToken.START_OBJECT) {
			parser.skipChildren();
			entry.refuse("A message must be a JSON object.");
		}
		else {
			entry.readMembers();
		}
		return entry.entry();
	}

	/**
	 * RFC 8259, section 8.1: JSON is UTF-8. Bodies are passed on as they were written, so
	 * bytes that are none would reach a subscriber, whose browser would close the socket.
	 */
	private static void checkUtf8(byte[] source) {
		// A NUL between tokens is how UTF-16 and UTF-32 would be recognized.
		if (!Utf8Validator.isValid(source, 0, source.length)
				|| (source.length > 1 && (source[0] == 0 || source[1] == 0))) {
			throw notJson();
		}
	}

	private static RefusedException notJson() {
		return new RefusedException(Reason.BAD_REQUEST, "The body is not JSON in UTF-8.");
	}

}
