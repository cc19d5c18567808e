package dev.usher.stomp;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The command and the headers of a frame, line by line as they come. Most frames have
 * fewer than eight headers, so they are kept in one array and searched in line.
 */
final class FrameHead {

	/** The {@link #contentLength()} of a frame that does not say. */
	static final int OPEN_END = -1;

	private static final String[] NO_TEXTS = {};

	/** Room for four headers at first. */
	private static final int FIRST_TEXTS = 8;

	private final Command command;

	/** Name, value, name, value, ...; repeated ones too, as they came. */
	private String[] texts = NO_TEXTS;

	private int textCount;

	FrameHead(Command command) {
		this.command = command;
	}

	/** A head of headers that need no decoding. */
	static FrameHead of(Command command, List<Header> headers) {
		FrameHead head = new FrameHead(command);
		head.texts = new String[2 * headers.size()];
		for (Header header : headers) {
			head.texts[head.textCount++] = header.name();
			head.texts[head.textCount++] = header.value();
		}
		return head;
	}

	Command command() {
		return this.command;
	}

	/** How many headers there are, repeated ones counted too. */
	int count() {
		return this.textCount / 2;
	}

	String name(int index) {
		return this.texts[2 * index];
	}

	String value(int index) {
		return this.texts[2 * index + 1];
	}

	/** The value of the first header of this name, or null. */
	@Nullable String find(String name) {
		for (int i = 0; i < this.textCount; i += 2) {
			if (this.texts[i].equals(name)) {
				return this.texts[i + 1];
			}
		}
		return null;
	}

	/**
	 * Adds a header line, its end cut off.
	 * @param version of the connection
	 */
	void add(byte[] line, int from, int to, Version version) {
		int colon = from;
		while (colon < to && line[colon] != ':') {
			colon++;
		}
		if (colon == to) {
			throw FrameException.bad("A header line has no colon.");
		}
		if (colon == from) {
			throw FrameException.bad("A header has no name.");
		}
		Version escapes = (this.command.connects()) ? Version.V1_0 : version;
		String name = HeaderDecoder.decode(line, from, colon, escapes);
		String value = HeaderDecoder.decode(line, colon + 1, to, escapes);
		if (this.textCount == this.texts.length) {
			this.texts = Arrays.copyOf(this.texts, Math.max(FIRST_TEXTS, 2 * this.textCount));
		}
		this.texts[this.textCount++] = name;
		this.texts[this.textCount++] = value;
	}

	/** Drops the blanks around values where this is a frame of 1.0. */
	void complete(Version version) {
		boolean old = (this.command.connects()) ? find("accept-version") == null : version == Version.V1_0;
		for (int i = 1; old && i < this.textCount; i += 2) {
			this.texts[i] = this.texts[i].trim();
		}
	}

	/**
	 * The length of the body as announced; what is too long for an int is the longest.
	 */
	int contentLength() {
		String text = find("content-length");
		if (text == null) {
			return OPEN_END;
		}
		if (text.isEmpty()) {
			throw FrameException.bad("The content-length is empty.");
		}
		long length = 0;
		for (int i = 0; i < text.length(); i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				throw FrameException.bad("The content-length is not a number.");
			}
			length = Math.min(length * 10 + digit, Integer.MAX_VALUE);
		}
		return (int) length;
	}

}
