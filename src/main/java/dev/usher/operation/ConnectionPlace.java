package dev.usher.operation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A place in the list of all connections: behind one of them.
 *
 * @param node its node, empty for before the first
 * @param id its id
 */
record ConnectionPlace(String node, String id) {

	private static final Pattern WRITTEN = Pattern.compile("([0-9a-z]{1,16})\\.([0-9A-Za-z-]{1,64})");

	private static final ConnectionPlace BEGINNING = new ConnectionPlace("", "");

	/** Reads what {@link #toString()} has written, null for the beginning. */
	static ConnectionPlace parse(@Nullable String text) {
		if (text == null || text.isEmpty()) {
			return BEGINNING;
		}
		Matcher matcher = WRITTEN.matcher(text);
		if (!matcher.matches()) {
			throw Parameters.bad("Parameter \"after\" must be a \"next\" of an answer before.");
		}
		return new ConnectionPlace(matcher.group(1), matcher.group(2));
	}

	static ConnectionPlace of(ConnectionPage.View connection) {
		return new ConnectionPlace(connection.node(), connection.id());
	}

	/** The id, or null at the beginning. */
	@Nullable String idOrNull() {
		return (this.id.isEmpty()) ? null : this.id;
	}

	@Override
	public String toString() {
		return this.node + "." + this.id;
	}

}
