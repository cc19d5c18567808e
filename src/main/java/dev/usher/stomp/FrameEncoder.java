package dev.usher.stomp;

import java.util.List;

/**
 * Writes the frames of the server other than MESSAGE, for which see
 * {@link MessageEncoder}. Any thread may call.
 * <p>
 * Names and values are escaped as the version has it: 1.0 and CONNECTED not at all. What
 * cannot be escaped (NUL always; CR before 1.2; LF, and a colon in a name, in 1.0 and
 * CONNECTED) leaves as a question mark, so that no text can forge a header.
 */
public final class FrameEncoder {

	private FrameEncoder() {
	}

	/**
	 * The bytes of a frame.
	 * @param version whose escapes the client understands
	 * @param command such as {@code RECEIPT}
	 * @param headers in the order to write; {@code content-length} is added where there
	 * is a body
	 * @param body empty for none
	 * @param reserve bytes left free at the front of the array, for the transport's own
	 * header
	 * @return an array of {@code reserve} free bytes and the frame, nothing behind
	 */
	public static byte[] encode(Version version, String command, List<Header> headers, byte[] body, int reserve) {
		Version escapes = ("CONNECTED".equals(command)) ? Version.V1_0 : version;
		FrameWriter writer = new FrameWriter(reserve, command.length() + 3 + 48 * headers.size() + body.length);
		writer.raw(command).raw('\n');
		for (Header header : headers) {
			writer.header(header.name(), header.value(), escapes);
		}
		return writer.body(body, body.length > 0).bytes();
	}

}
