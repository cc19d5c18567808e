package dev.usher.publish;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.protocol.TextRules;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads one message of a request. The first thing that is wrong is remembered, and
 * reading goes on behind it, so that the messages after this one are found.
 */
final class EntryParser {

	/** Of one message; a request has a limit over all of its messages beside it. */
	static final int MAX_DESTINATIONS = 1000;

	private static final byte[] NO_BODY = {};

	private static final int SHOWN_NAME = 64;

	private static final Set<String> NAMES = Set.of("to", "id", "content_type", "headers", "body", "body_base64",
			"ttl");

	private final JsonParser parser;

	private final byte[] source;

	private final long maxBody;

	/** None that is unknown: a request has room for a million. */
	private final Set<String> seen = new HashSet<>();

	private final List<String> to = new ArrayList<>(1);

	private Map<String, String> headers = Map.of();

	private @Nullable String id;

	private @Nullable String contentType;

	private @Nullable String usualType;

	private byte @Nullable [] body;

	private @Nullable Duration ttl;

	private @Nullable RefusedException refusal;

	EntryParser(JsonParser parser, byte[] source, long maxBody) {
		this.parser = parser;
		this.source = source;
		this.maxBody = maxBody;
	}

	void readMembers() {
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			this.parser.nextToken();
			if (NAMES.contains(name) && !this.seen.add(name)) {
				refuse("Member \"" + name + "\" is given twice.");
			}
			else {
				readMember(name);
			}
			// Over what was not read because it was wrong.
			this.parser.skipChildren();
		}
		if (!this.seen.contains("to")) {
			refuse("Member \"to\" is missing.");
		}
		if (this.seen.contains("body") == this.seen.contains("body_base64")) {
			refuse("A message needs one of the members \"body\" and \"body_base64\".");
		}
	}

	private void readMember(String name) {
		switch (name) {
			case "to" -> readTo();
			case "id" -> this.id = id();
			case "content_type" -> this.contentType = contentType();
			case "headers" -> readHeaders();
			case "body" -> readBody();
			case "body_base64" -> readBase64();
			case "ttl" -> readTtl();
			default -> refuse("Member \"" + shorten(name) + "\" is unknown.");
		}
	}

	private void readTo() {
		if (this.parser.currentToken() == JsonToken.VALUE_STRING) {
			this.to.add(this.parser.getString());
			return;
		}
		if (this.parser.currentToken() != JsonToken.START_ARRAY) {
			refuse("Member \"to\" must be a destination or a list of them.");
			return;
		}
		while (this.parser.nextToken() != JsonToken.END_ARRAY) {
			if (this.parser.currentToken() != JsonToken.VALUE_STRING || this.to.size() == MAX_DESTINATIONS) {
				refuse("Member \"to\" must be a destination or a list of up to " + MAX_DESTINATIONS + ".");
				this.parser.skipChildren();
			}
			else {
				this.to.add(this.parser.getString());
			}
		}
		if (this.to.isEmpty()) {
			refuse("Member \"to\" names no destination.");
		}
	}

	/** One that is refused is answered with as well, if it is short enough. */
	private @Nullable String id() {
		String value = text("id");
		if (value == null || value.isEmpty() || value.length() > Publication.MAX_ID) {
			refuse("Member \"id\" has 1 to " + Publication.MAX_ID + " characters.");
			return null;
		}
		return value;
	}

	private @Nullable String contentType() {
		String value = text("content_type");
		if (value != null && (value.isBlank() || value.length() > PublicationHeaders.MAX_LINE
				|| value.chars().anyMatch(Character::isISOControl))) {
			refuse("Member \"content_type\" is no media type.");
		}
		return value;
	}

	private void readHeaders() {
		if (this.parser.currentToken() != JsonToken.START_OBJECT) {
			refuse("Member \"headers\" must be an object of strings.");
			return;
		}
		Map<String, String> read = new LinkedHashMap<>();
		while (this.parser.nextToken() != JsonToken.END_OBJECT) {
			String name = this.parser.currentName();
			if (this.parser.nextToken() == JsonToken.VALUE_STRING) {
				refuse(PublicationHeaders.problem(read, name, this.parser.getString()));
				if (read.size() < PublicationHeaders.MOST) {
					read.put(name, this.parser.getString());
				}
			}
			else {
				refuse("Header \"" + shorten(name) + "\" must be a string.");
				this.parser.skipChildren();
			}
		}
		this.headers = read;
	}

	private void readBody() {
		if (this.parser.currentToken() == JsonToken.VALUE_STRING) {
			String text = this.parser.getString();
			if (TextRules.hasHalfPair(text)) {
				refuse("Member \"body\" holds half a surrogate pair, which is no character.");
			}
			takeBody(text.getBytes(StandardCharsets.UTF_8), "text/plain");
			return;
		}
		// Cut out of the source: read and written again, 1.10 and 1e400 would change.
		int start = (int) this.parser.currentTokenLocation().getByteOffset();
		this.parser.skipChildren();
		int end = (int) this.parser.currentLocation().getByteOffset();
		takeBody(Arrays.copyOfRange(this.source, start, end), "application/json");
	}

	private void readBase64() {
		String text = text("body_base64");
		try {
			takeBody((text != null) ? Base64.getDecoder().decode(text) : NO_BODY, "application/octet-stream");
		}
		catch (IllegalArgumentException ex) {
			refuse("Member \"body_base64\" is not base64 (RFC 4648, section 4).");
		}
	}

	private void takeBody(byte[] bytes, String type) {
		if (bytes.length > this.maxBody) {
			refuse(new RefusedException(Reason.TOO_LARGE, "A body has " + this.maxBody + " bytes at most."));
			return;
		}
		this.body = bytes;
		this.usualType = type;
	}

	private void readTtl() {
		try {
			if (this.parser.currentToken() == JsonToken.VALUE_STRING) {
				this.ttl = TimeToLive.parse(this.parser.getString());
			}
			else if (this.parser.currentToken().isNumeric()) {
				this.ttl = TimeToLive.ofSeconds(this.parser.getDoubleValue());
			}
			else {
				throw TimeToLive.bad();
			}
		}
		catch (RefusedException ex) {
			refuse(ex);
		}
	}

	private @Nullable String text(String name) {
		if (this.parser.currentToken() != JsonToken.VALUE_STRING) {
			refuse("Member \"" + name + "\" must be a string.");
			return null;
		}
		String value = this.parser.getString();
		if (!TextRules.isStorable(value)) {
			refuse("Member \"" + name + "\" holds a character that is none.");
			return null;
		}
		return value;
	}

	/** Refuses the message for this, unless it is refused already. */
	void refuse(@Nullable String sentence) {
		if (sentence != null && this.refusal == null) {
			refuse(new RefusedException(Reason.BAD_REQUEST, sentence));
		}
	}

	private void refuse(RefusedException reason) {
		if (this.refusal == null) {
			this.refusal = reason;
		}
	}

	static String shorten(String name) {
		return (name.length() <= SHOWN_NAME) ? name : name.substring(0, SHOWN_NAME) + "…";
	}

	Entry entry() {
		String type = (this.contentType != null) ? this.contentType : this.usualType;
		byte[] bytes = (this.body != null) ? this.body : NO_BODY;
		return new Entry(this.to, this.id, type, this.headers, bytes, this.ttl, this.refusal);
	}

}
