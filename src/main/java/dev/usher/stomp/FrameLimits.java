package dev.usher.stomp;

import dev.usher.protocol.Reason;

/**
 * How large a frame may be. A frame over any of these is refused with
 * {@link Reason#TOO_LARGE} as soon as it is clear that it will be, met by the thread that
 * decodes.
 *
 * @param frame bytes on the wire from the command to the closing NUL; also bounds the
 * body
 * @param headers header lines, repeated ones counted too
 * @param headerLine bytes of one header line, its end not counted
 */
public record FrameLimits(int frame, int headers, int headerLine) {

	/** 64 KiB a frame, 64 headers, 4 KiB a header line. */
	public static final FrameLimits DEFAULTS = new FrameLimits(64 * 1024, 64, 4 * 1024);

	public FrameLimits {
		if (frame < 1 || headers < 1 || headerLine < 1) {
			throw new IllegalArgumentException("Limits of a frame must be positive, but are " + frame + " bytes, "
					+ headers + " headers, " + headerLine + " bytes a header line");
		}
	}

}
