package dev.usher.stomp;

import java.nio.ByteBuffer;

import dev.usher.protocol.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one connection out of its bytes, however they are cut. One for each
 * connection; not thread-safe.
 * <p>
 * Every byte is looked at once: what is known of a frame is kept between calls, so that a
 * client that sends single bytes costs what it would cost otherwise. A frame that lies
 * wholly in the input is read straight from it. Between frames nothing is held. Memory is
 * bounded by the {@link FrameLimits} whatever comes.
 * <p>
 * Rules, by version (STOMP 1.2, sections "STOMP Frames" and "Augmented BNF"):
 * <ul>
 * <li>A line ends in LF; in 1.2, and before the version is known, in CR LF too, and a CR
 * elsewhere in it is fatal. In 1.0 and 1.1 a CR is an octet like any other.</li>
 * <li>1.0 has no escapes, and blanks around a value are dropped, as its own examples need
 * it. 1.1 and 1.2 undo their escapes and drop nothing. CONNECT and STOMP are literal, and
 * read as 1.0 where they have no {@code accept-version}.</li>
 * <li>A colon in a value need not be escaped: no client of the field does it in all
 * versions, and it cannot be misread.</li>
 * <li>Only SEND may have a body. {@code content-length} is honoured, digits only.</li>
 * </ul>
 */
public final class FrameDecoder {

	private enum State {

		BETWEEN_FRAMES, AFTER_CR, COMMAND, HEADERS, BODY, FAILED

	}

	private static final byte[] NO_BODY = {};

	private final FrameLimits limits;

	private Version version = Version.V1_2;

	private State state = State.BETWEEN_FRAMES;

	private @Nullable FrameHead head;

	/** Bytes of the frame read so far. */
	private int size;

	/** The length of the body as announced, or {@link FrameHead#OPEN_END}. */
	private int contentLength;

	/** The part of a line or body that is here already; never both at once. */
	private @Nullable Gathered gathered;

	public FrameDecoder(FrameLimits limits) {
		this.limits = limits;
	}

	/**
	 * Names the version that was negotiated. Before, frames are read as 1.2.
	 * @param version whose rules count for the frames from here on
	 */
	public void version(Version version) {
		this.version = version;
	}

	/**
	 * What the part of a frame that has begun and not ended takes in memory, in bytes,
	 * roughly.
	 */
	public int held() {
		return midFrame() ? ClientFrame.memory(this.size, (this.head != null) ? this.head.count() : 0) : 0;
	}

	/** Whether a frame has begun and not ended. */
	public boolean midFrame() {
		return this.state.compareTo(State.COMMAND) >= 0 && this.state != State.FAILED;
	}

	/**
	 * Decodes from where the last call stopped. Never blocks.
	 * @param input the bytes that came; what was read is consumed, and none of it is
	 * referred to later
	 * @return the next whole frame, or null when the input is used up. After a failure
	 * the input is thrown away and no frame comes any more
	 * @throws FrameException {@link Reason#BAD_FRAME} or {@link Reason#TOO_LARGE}; fatal
	 */
	public @Nullable ClientFrame next(ByteBuffer input) {
		try {
			return read(input);
		}
		catch (FrameException ex) {
			String receiptId = (this.head != null) ? this.head.find("receipt") : null;
			forget();
			this.state = State.FAILED;
			input.position(input.limit());
			throw ex.of(receiptId);
		}
	}

	private @Nullable ClientFrame read(ByteBuffer input) {
		while (input.hasRemaining()) {
			switch (this.state) {
				case BETWEEN_FRAMES, AFTER_CR -> skipLineEnds(input);
				case COMMAND, HEADERS -> readLine(input);
				case BODY -> {
					byte[] body = readBody(input);
					if (body != null) {
						return frame(body);
					}
				}
				case FAILED -> input.position(input.limit());
			}
		}
		return null;
	}

	/** Line ends between frames are heart-beats, or the custom of old clients. */
	private void skipLineEnds(ByteBuffer input) {
		int limit = input.limit();
		for (int i = input.position(); i < limit; i++) {
			byte b = input.get(i);
			if (b == '\n') {
				this.state = State.BETWEEN_FRAMES;
			}
			else if (this.state == State.AFTER_CR) {
				throw FrameException.bad("A CR between frames has no LF behind it.");
			}
			else if (b == '\r' && this.version == Version.V1_2) {
				this.state = State.AFTER_CR;
			}
			else {
				this.state = State.COMMAND;
				input.position(i);
				return;
			}
		}
		input.position(limit);
	}

	private void readLine(ByteBuffer input) {
		int lineLimit = ((this.state == State.COMMAND) ? Command.LONGEST : this.limits.longestLine()) + 2;
		int held = (this.gathered != null) ? this.gathered.length() : 0;
		int room = Math.min(lineLimit - held, this.limits.frame() - this.size);
		int start = input.position();
		int scanned = Math.min(room, input.remaining());
		int end = lineEnd(input, start, start + scanned);
		if (end < 0 && scanned == room) {
			throw tooLongLine();
		}
		int count = (end < 0) ? scanned : end + 1 - start;
		this.size += count;
		if (end >= 0 && held == 0 && input.hasArray()) {
			int from = input.arrayOffset() + start;
			input.position(end + 1);
			line(input.array(), from, from + count - 1, input.get(end) == '\n');
			return;
		}
		if (this.gathered == null) {
			this.gathered = new Gathered(count, lineLimit);
		}
		boolean whole = end >= 0 && input.get(end) == '\n';
		this.gathered.take(input, count, lineLimit);
		if (end < 0 && this.state == State.HEADERS
				&& this.gathered.length() > this.limits.line(this.gathered.array(), 0, this.gathered.length()) + 1) {
			throw tooLarge();
		}
		if (end >= 0) {
			int length = this.gathered.length();
			this.gathered.clear();
			line(this.gathered.array(), 0, length - 1, whole);
		}
	}

	/** Where the LF is, or the NUL that stands in its place. */
	private static int lineEnd(ByteBuffer input, int from, int to) {
		for (int i = from; i < to; i++) {
			byte b = input.get(i);
			if (b == '\n' || b == 0) {
				return i;
			}
		}
		return -1;
	}

	private FrameException tooLongLine() {
		if (this.state == State.COMMAND && this.limits.frame() > this.size + Command.LONGEST + 2) {
			return unknownCommand();
		}
		return tooLarge();
	}

	/** Takes a line, its LF cut off; not whole where the frame ends in it. */
	private void line(byte[] bytes, int from, int end, boolean whole) {
		if (this.state == State.HEADERS && end - from > this.limits.line(bytes, from, end) + 1) {
			// As of one that comes in pieces, whatever else is wrong with it.
			throw tooLarge();
		}
		if (!whole) {
			throw FrameException.bad("A frame ended before the blank line behind its headers.");
		}
		int to = end;
		if (this.version == Version.V1_2) {
			to = (to > from && bytes[to - 1] == '\r') ? to - 1 : to;
			for (int i = from; i < to; i++) {
				if (bytes[i] == '\r') {
					throw FrameException.bad("A CR stands in the middle of a line.");
				}
			}
		}
		if (this.state == State.COMMAND) {
			Command command = Command.of(bytes, from, to);
			if (command == null) {
				throw unknownCommand();
			}
			this.head = new FrameHead(command);
			this.state = State.HEADERS;
		}
		else if (from == to) {
			endOfHeaders();
		}
		else {
			if (to - from > this.limits.line(bytes, from, to) || head().count() == this.limits.headers()) {
				throw tooLarge();
			}
			head().add(bytes, from, to, this.version);
		}
	}

	private void endOfHeaders() {
		FrameHead head = head();
		head.complete(this.version);
		this.contentLength = head.contentLength();
		if (this.contentLength > 0 && !head.command().mayHaveBody()) {
			throw bodyNotAllowed();
		}
		if (Math.max(this.contentLength, 0) + 1L > this.limits.frame() - this.size) {
			throw tooLarge();
		}
		this.gathered = null;
		this.state = State.BODY;
	}

	/** Reads the body and the NUL behind it; null where more must come. */
	private byte @Nullable [] readBody(ByteBuffer input) {
		int start = input.position();
		int held = (this.gathered != null) ? this.gathered.length() : 0;
		int most = (this.contentLength == FrameHead.OPEN_END) ? this.limits.frame() - this.size - 1 + held
				: this.contentLength;
		int scanned = Math.min(most - held, input.remaining());
		int end = (this.contentLength == FrameHead.OPEN_END) ? nul(input, start, start + scanned) : start + scanned;
		int count = end - start;
		byte[] body = null;
		if (end < input.limit() && (count == most - held || this.contentLength == FrameHead.OPEN_END)) {
			body = bodyEndingAt(input, count, held, most);
		}
		else {
			gather(input, count, most);
		}
		this.size += count;
		return body;
	}

	private static int nul(ByteBuffer input, int from, int to) {
		int at = from;
		while (at < to && input.get(at) != 0) {
			at++;
		}
		return at;
	}

	private byte[] bodyEndingAt(ByteBuffer input, int count, int held, int most) {
		byte[] body;
		if (held > 0) {
			gather(input, count, most);
			body = (this.gathered != null) ? this.gathered.exact() : NO_BODY;
		}
		else {
			body = (count == 0) ? NO_BODY : new byte[count];
			input.get(body);
		}
		if (body.length > 0 && !head().command().mayHaveBody()) {
			throw bodyNotAllowed();
		}
		if (input.get() != 0) {
			throw noNul();
		}
		this.size++;
		return body;
	}

	private void gather(ByteBuffer input, int count, int most) {
		if (count == 0) {
			return;
		}
		if (!head().command().mayHaveBody()) {
			throw bodyNotAllowed();
		}
		if (this.gathered == null) {
			this.gathered = new Gathered(count, most);
		}
		this.gathered.take(input, count, most);
	}

	private ClientFrame frame(byte[] body) {
		ClientFrame frame = new ClientFrame(head(), body, this.size);
		forget();
		this.state = State.BETWEEN_FRAMES;
		return frame;
	}

	private void forget() {
		this.head = null;
		this.size = 0;
		this.gathered = null;
	}

	private FrameHead head() {
		if (this.head == null) {
			throw new IllegalStateException("No command was read");
		}
		return this.head;
	}

	/** The byte where a NUL must be is another one. */
	private FrameException noNul() {
		return (this.contentLength == FrameHead.OPEN_END) ? tooLarge()
				: FrameException.bad("The body is longer than its content-length, or no NUL follows it.");
	}

	private static FrameException unknownCommand() {
		return FrameException.bad("This is no command of STOMP, or one that only a server sends.");
	}

	private static FrameException bodyNotAllowed() {
		return FrameException.bad("Only SEND may have a body.");
	}

	private FrameException tooLarge() {
		return new FrameException(Reason.TOO_LARGE,
				"A frame may have " + this.limits.frame() + " bytes, " + this.limits.headers() + " headers and "
						+ this.limits.headerLine() + " bytes a header line, " + this.limits.longestLine()
						+ " that of a credential.",
				null);
	}

}
