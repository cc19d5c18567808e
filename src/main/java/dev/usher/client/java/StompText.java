package dev.usher.client.java;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A frame that has arrived.
 *
 * @param headers the first of each name
 */
record StompText(String command, Map<String, String> headers, byte[] body) {

	private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);

	/** Writes a frame without a body: its command, then names and values in turn. */
	static String write(String command, Map<String, String> headers) {
		StringBuilder frame = new StringBuilder(command).append('\n');
		boolean plain = command.equals("CONNECT");
		headers.forEach((name, value) -> frame.append(plain ? name : escape(name))
			.append(':')
			.append(plain ? value : escape(value))
			.append('\n'));
		return frame.append("\n\0").toString();
	}

	private static String escape(String value) {
		return value.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n").replace(":", "\\c");
	}

	private static String unescape(String value) {
		return ESCAPE.matcher(value).replaceAll((escape) -> {
			int known = "rnc".indexOf(escape.group(1));
			return Matcher.quoteReplacement((known < 0) ? escape.group(1) : "\r\n:".substring(known, known + 1));
		});
	}

	/**
	 * Reads what came in one WebSocket message, which the gateway makes one frame.
	 * @throws IllegalArgumentException if it is none
	 */
	static StompText read(byte[] bytes) {
		String frame = new String(bytes, StandardCharsets.ISO_8859_1);
		int head = Math.max(0, frame.indexOf("\n\n"));
		String[] lines = new String(bytes, 0, head, StandardCharsets.UTF_8).split("\n");
		Map<String, String> headers = new LinkedHashMap<>();
		for (int i = 1; i < lines.length; i++) {
			String[] parts = lines[i].split(":", 2);
			need(parts.length == 2, "A header without a colon.");
			boolean plain = lines[0].equals("CONNECTED");
			headers.putIfAbsent(plain ? parts[0] : unescape(parts[0]), plain ? parts[1] : unescape(parts[1]));
		}
		int start = head + 2;
		String length = headers.get("content-length");
		int end = (length != null) ? start + Integer.parseInt(length) : frame.indexOf('\0', start);
		need(head > 0 && end >= start && end < bytes.length && bytes[end] == 0, "A frame without its end.");
		return new StompText(lines[0], Collections.unmodifiableMap(headers), Arrays.copyOfRange(bytes, start, end));
	}

	private static void need(boolean holds, String text) {
		if (!holds) {
			throw new IllegalArgumentException(text);
		}
	}

}
