package dev.usher.client.java;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A frame that has arrived.
 *
 * @param headers the first of each name
 */
record StompText(String command, Map<String, String> headers, byte[] body) {

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
		StringBuilder plain = new StringBuilder();
		for (int i = 0; i < value.length(); i++) {
			char each = value.charAt(i);
			if (each == '\\' && ++i < value.length()) {
				int known = "rnc\\".indexOf(value.charAt(i));
				each = (known < 0) ? value.charAt(i) : "\r\n:\\".charAt(known);
			}
			plain.append(each);
		}
		return plain.toString();
	}

	/**
	 * Reads what came in one WebSocket message, which the gateway makes one frame.
	 * @throws IllegalArgumentException if it is none
	 */
	static StompText read(byte[] bytes) {
		int end = 0;
		while (end + 1 < bytes.length && !(bytes[end] == '\n' && bytes[end + 1] == '\n')) {
			end++;
		}
		String[] lines = new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n");
		Map<String, String> headers = new LinkedHashMap<>();
		for (String line : Arrays.asList(lines).subList(1, lines.length)) {
			int colon = line.indexOf(':');
			if (colon < 0) {
				throw new IllegalArgumentException("A header without a colon.");
			}
			boolean plain = lines[0].equals("CONNECTED");
			String value = line.substring(colon + 1);
			headers.putIfAbsent(plain ? line.substring(0, colon) : unescape(line.substring(0, colon)),
					plain ? value : unescape(value));
		}
		int start = end + 2;
		String length = headers.get("content-length");
		int last = (length != null) ? start + Integer.parseInt(length) : start;
		while (length == null && last < bytes.length && bytes[last] != 0) {
			last++;
		}
		if (last < start || last >= bytes.length || bytes[last] != 0) {
			throw new IllegalArgumentException("A frame without its end.");
		}
		return new StompText(lines[0], Collections.unmodifiableMap(headers), Arrays.copyOfRange(bytes, start, last));
	}

}
