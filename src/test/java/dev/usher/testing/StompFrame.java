package dev.usher.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A STOMP frame as a test writes or reads it. Knows no escapes: what a test writes goes
 * over the wire, and what came over the wire is what it reads.
 *
 * @param command the command
 * @param headers of repeated ones the first
 * @param body the body
 */
public record StompFrame(String command, Map<String, String> headers, byte[] body) {

	public static StompFrame of(String command, String... headers) {
		Map<String, String> map = new LinkedHashMap<>();
		for (String header : headers) {
			int colon = header.indexOf(':');
			map.putIfAbsent(header.substring(0, colon), header.substring(colon + 1));
		}
		return new StompFrame(command, map, new byte[0]);
	}

	public StompFrame body(String text) {
		return new StompFrame(this.command, this.headers, text.getBytes(StandardCharsets.UTF_8));
	}

	public static StompFrame parse(byte[] bytes) {
		int end = 0;
		while (!(bytes[end] == '\n' && bytes[end + 1] == '\n')) {
			end++;
		}
		String[] lines = new String(bytes, 0, end, StandardCharsets.UTF_8).split("\n");
		String[] headers = java.util.Arrays.copyOfRange(lines, 1, lines.length);
		StompFrame head = of(lines[0], headers);
		int from = end + 2;
		String length = head.headers.get("content-length");
		int to = (length != null) ? from + Integer.parseInt(length) : bytes.length - 1;
		if (bytes[to] != 0 || to != bytes.length - 1) {
			throw new AssertionError("not one whole frame: " + new String(bytes, StandardCharsets.UTF_8));
		}
		return new StompFrame(head.command, head.headers, java.util.Arrays.copyOfRange(bytes, from, to));
	}

	public String header(String name) {
		return this.headers.get(name);
	}

	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	public byte[] bytes() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		StringBuilder head = new StringBuilder(this.command).append('\n');
		this.headers.forEach((name, value) -> head.append(name).append(':').append(value).append('\n'));
		out.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
		out.writeBytes(this.body);
		out.write(0);
		return out.toByteArray();
	}

	@Override
	public String toString() {
		return this.command + this.headers + " " + text();
	}

}
