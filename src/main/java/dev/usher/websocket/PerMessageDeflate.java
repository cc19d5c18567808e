package dev.usher.websocket;

import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketExtension;

/**
 * permessage-deflate (RFC 7692), without context takeover on either side: a connection
 * holds no window between messages, and one compressed message serves everybody it goes
 * to.
 */
final class PerMessageDeflate {

	/** The one answer to every offer that allows it. */
	static final String RESPONSE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

	/** The same in Spring's words. */
	static final WebSocketExtension EXTENSION = WebSocketExtension.parseExtensions(RESPONSE).get(0);

	/**
	 * The parameters an offer may have here, each once (section 7.1): an offer with
	 * another, or with a value its parameter does not allow, must be declined.
	 */
	private static final Pattern PARAMETER = Pattern.compile("server_no_context_takeover|client_no_context_takeover|"
			+ "client_max_window_bits( *= *\"?([89]|1[0-5])\"?)?");

	/** Below this many bytes a message leaves as it is: it would hardly shrink. */
	private static final int THRESHOLD = 256;

	/** What ends every block and is left out on the wire (section 7.2.1). */
	private static final byte[] TAIL = { 0, 0, (byte) 0xff, (byte) 0xff };

	private static final ThreadLocal<byte[]> INFLATED = ThreadLocal.withInitial(() -> new byte[16 * 1024]);

	private @Nullable Inflater inflater;

	/** Takes an inflated piece of a message. */
	interface Sink {

		void onInflated(byte[] bytes, int length, boolean last);

	}

	/**
	 * Whether an extension offer is one that {@link #RESPONSE} answers. A client that
	 * insists on a smaller window for us cannot be served: the JDK has no such setting.
	 */
	static boolean accepts(String offer) {
		String[] parts = offer.split(";");
		if (!parts[0].trim().equalsIgnoreCase("permessage-deflate")) {
			return false;
		}
		Set<String> names = new HashSet<>();
		for (int i = 1; i < parts.length; i++) {
			String parameter = parts[i].trim();
			if (!PARAMETER.matcher(parameter).matches() || !names.add(parameter.split("[ =]")[0])) {
				return false;
			}
		}
		return true;
	}

	void inflate(byte[] bytes, int from, int to, boolean last, Sink sink) {
		if (this.inflater == null) {
			this.inflater = new Inflater(true);
		}
		try {
			this.inflater.setInput(bytes, from, to - from);
			drain(this.inflater, sink);
			if (last) {
				this.inflater.setInput(TAIL);
				drain(this.inflater, sink);
				sink.onInflated(new byte[0], 0, true);
			}
		}
		catch (DataFormatException ex) {
			throw new ProtocolViolationException(CloseStatus.PROTOCOL_ERROR, "The message cannot be inflated.");
		}
		finally {
			if (last) {
				release();
			}
		}
	}

	private static void drain(Inflater inflater, Sink sink) throws DataFormatException {
		byte[] target = INFLATED.get();
		int length;
		while ((length = inflater.inflate(target)) > 0) {
			sink.onInflated(target, length, false);
		}
	}

	/** Gives the native memory back. */
	void release() {
		if (this.inflater != null) {
			this.inflater.end();
			this.inflater = null;
		}
	}

	/** The frame as it leaves here; the same frame where deflating does not pay. */
	static OutboundFrame deflate(OutboundFrame frame) {
		int from = OutboundFrame.RESERVE;
		int length = frame.bytes().length - from;
		if (frame.isControl() || length < THRESHOLD) {
			return frame;
		}
		Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
		try {
			deflater.setInput(frame.bytes(), from, length);
			ByteArrayOutputStream deflated = new ByteArrayOutputStream(length);
			deflated.write(new byte[from], 0, from);
			byte[] buffer = new byte[4096];
			int n;
			while ((n = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
				deflated.write(buffer, 0, n);
			}
			byte[] bytes = deflated.toByteArray();
			byte[] withoutTail = java.util.Arrays.copyOf(bytes, bytes.length - TAIL.length);
			return (withoutTail.length < frame.bytes().length) ? OutboundFrame.compressed(withoutTail, frame.isText())
					: frame;
		}
		finally {
			deflater.end();
		}
	}

}
