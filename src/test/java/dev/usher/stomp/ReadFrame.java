package dev.usher.stomp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frame of the server as a plain client reads it: written straight from the standard,
 * with nothing of the code under test, so that both cannot be wrong in the same way.
 */
record ReadFrame(String command, List<List<String>> headers, byte[] body) {

	static ReadFrame of(Version version, byte[] bytes, int from) {
		int at = from;
		List<String> lines = new ArrayList<>();
		while (true) {
			int end = at;
			while (bytes[end] != '\n') {
				end++;
			}
			String line = new String(bytes, at, end - at, StandardCharsets.UTF_8);
			at = end + 1;
			if (line.isEmpty()) {
				break;
			}
			lines.add(line);
		}
		boolean literal = version == Version.V1_0 || lines.get(0).equals("CONNECTED");
		List<List<String>> headers = new ArrayList<>();
		for (String line : lines.subList(1, lines.size())) {
			int colon = line.indexOf(':');
			String name = line.substring(0, colon);
			String value = line.substring(colon + 1);
			headers.add((literal) ? List.of(name, value) : List.of(unescape(name, version), unescape(value, version)));
		}
		if (bytes[bytes.length - 1] != 0) {
			throw new AssertionError("No NUL at the end");
		}
		byte[] body = Arrays.copyOfRange(bytes, at, bytes.length - 1);
		return new ReadFrame(lines.get(0), headers, body);
	}

	private static String unescape(String text, Version version) {
		StringBuilder plain = new StringBuilder();
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '\\') {
				char letter = text.charAt(++i);
				c = switch (letter) {
					case '\\' -> '\\';
					case 'n' -> '\n';
					case 'c' -> ':';
					case 'r' -> {
						if (version != Version.V1_2) {
							throw new AssertionError("\\r in " + version);
						}
						yield '\r';
					}
					default -> throw new AssertionError("Undefined escape " + letter);
				};
			}
			else if (c == ':' || c == '\r') {
				throw new AssertionError("Not escaped in: " + text);
			}
			plain.append(c);
		}
		return plain.toString();
	}

	String header(String name) {
		return this.headers.stream()
			.filter((header) -> header.get(0).equals(name))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No header " + name + " in " + this.headers))
			.get(1);
	}

	boolean has(String name) {
		return this.headers.stream().anyMatch((header) -> header.get(0).equals(name));
	}

}
