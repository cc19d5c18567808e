package dev.usher.demo;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A STOMP frame as the walk sends, receives and shows it. Enough for a demonstration: it
 * undoes no escapes, because nothing here has any.
 *
 * @param command such as {@code SEND}
 * @param headers in order
 * @param body text
 */
record DemoFrame(String command, Map<String, String> headers, String body) {

	/** How much of either end of a token is shown: tells two apart, opens nothing. */
	private static final int SHOWN = 5;

	/**
	 * A frame to send.
	 * @param headers names and values in turn
	 */
	static DemoFrame of(String command, String... headers) {
		Map<String, String> map = new LinkedHashMap<>();
		for (int i = 0; i < headers.length; i += 2) {
			map.put(headers[i], headers[i + 1]);
		}
		return new DemoFrame(command, map, "");
	}

	DemoFrame withBody(String text) {
		return new DemoFrame(this.command, this.headers, text);
	}

	static DemoFrame parse(String text) {
		int end = text.indexOf("\n\n");
		if (end < 0) {
			return of(text.strip());
		}
		String[] lines = text.substring(0, end).split("\n");
		DemoFrame frame = of(lines[0]);
		for (int i = 1; i < lines.length; i++) {
			String[] header = lines[i].split(":", 2);
			frame.headers.putIfAbsent(header[0], (header.length > 1) ? header[1] : "");
		}
		return frame.withBody(text.substring(end + 2).replace("\0", "").strip());
	}

	String header(String name) {
		return this.headers.getOrDefault(name, "");
	}

	/** As it goes over the wire. */
	String wire() {
		StringBuilder text = new StringBuilder(this.command).append('\n');
		this.headers.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
		return text.append('\n').append(this.body).append('\0').toString();
	}

	/** In one line, for people: what says something here, tokens cut short. */
	String shown() {
		StringBuilder text = new StringBuilder(String.format("%-10s", this.command));
		this.headers.forEach((name, value) -> {
			if (tells(name)) {
				text.append(' ').append(name).append(':').append(withoutSecret(value)).append(' ');
			}
		});
		if (!this.body.isEmpty()) {
			text.append(" \"").append(this.body).append('"');
		}
		return text.toString().stripTrailing();
	}

	private static boolean tells(String header) {
		return switch (header) {
			case "accept-version", "heart-beat", "server", "session", "content-type", "content-length", "message-id" ->
				false;
			default -> true;
		};
	}

	private static String withoutSecret(String value) {
		return value.startsWith("Bearer ") ? "Bearer " + shortened(value.substring(7)) : value;
	}

	static String shortened(String secret) {
		int length = secret.length();
		return (length > 4 * SHOWN) ? secret.substring(0, SHOWN) + "..." + secret.substring(length - SHOWN) : "...";
	}

	/** Keeps a token out of logs. */
	@Override
	public String toString() {
		return shown();
	}

}
