package dev.usher.stomp;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import dev.usher.protocol.Reason;

/**
 * How large a frame may be. A frame over any of these is refused with
 * {@link Reason#TOO_LARGE} as soon as it is clear that it will be, met by the thread that
 * decodes.
 *
 * @param frame bytes on the wire from the command to the closing NUL; also bounds the
 * body
 * @param headers header lines, repeated ones counted too
 * @param headerLine bytes of one header line, its end not counted; a line with a
 * credential may have 16 KiB
 */
public record FrameLimits(int frame, int headers, int headerLine) {

	/** 64 KiB a frame, 64 headers, 4 KiB a header line. */
	public static final FrameLimits DEFAULTS = new FrameLimits(64 * 1024, 64, 4 * 1024);

	private static final int CREDENTIAL_LINE = 16 * 1024;

	/** Headers whose values are tokens or proofs, as they begin a line, in any case. */
	private static final byte[][] CREDENTIALS = Stream.of("authorization:", "passcode:", "dpop:")
		.map((name) -> name.getBytes(StandardCharsets.US_ASCII))
		.toArray(byte[][]::new);

	public FrameLimits {
		if (frame < 1 || headers < 1 || headerLine < 1) {
			throw new IllegalArgumentException("Limits of a frame must be positive, but are " + frame + " bytes, "
					+ headers + " headers, " + headerLine + " bytes a header line");
		}
	}

	/** How many bytes any header line has at most. */
	int longestLine() {
		return Math.max(this.headerLine, CREDENTIAL_LINE);
	}

	/**
	 * How many bytes a header line has at most.
	 * @param bytes hold the line, or a part that is longer than {@link #headerLine}
	 */
	int line(byte[] bytes, int from, int to) {
		if (to - from > this.headerLine) {
			for (byte[] name : CREDENTIALS) {
				if (to - from >= name.length && begins(bytes, from, name)) {
					return longestLine();
				}
			}
		}
		return this.headerLine;
	}

	private static boolean begins(byte[] bytes, int from, byte[] name) {
		for (int i = 0; i < name.length; i++) {
			int letter = bytes[from + i];
			int lower = (letter >= 'A' && letter <= 'Z') ? letter - 'A' + 'a' : letter;
			if (lower != name[i]) {
				return false;
			}
		}
		return true;
	}

}
