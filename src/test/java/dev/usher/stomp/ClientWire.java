package dev.usher.stomp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes frames as a plain client does, straight from the standard. */
final class ClientWire {

	private ClientWire() {
	}

	static byte[] write(Version version, Command command, List<Header> headers, byte[] body) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes((command + "\n").getBytes(StandardCharsets.UTF_8));
		for (Header header : headers) {
			String line = escape(header.name(), version) + ":" + escape(header.value(), version) + "\n";
			bytes.writeBytes(line.getBytes(StandardCharsets.UTF_8));
		}
		if (body.length > 0) {
			bytes.writeBytes(("content-length:" + body.length + "\n").getBytes(StandardCharsets.UTF_8));
		}
		bytes.write('\n');
		bytes.writeBytes(body);
		bytes.write(0);
		return bytes.toByteArray();
	}

	private static String escape(String text, Version version) {
		return switch (version) {
			case V1_0 -> text;
			case V1_1 -> text.replace("\\", "\\\\").replace("\n", "\\n").replace(":", "\\c");
			case V1_2 -> text.replace("\\", "\\\\").replace("\n", "\\n").replace(":", "\\c").replace("\r", "\\r");
		};
	}

}
