package dev.usher.stomp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import dev.usher.protocol.OwnedHeaders;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * A whole frame from a client, its headers unescaped. Of a repeated header only the first
 * counts (STOMP 1.2, section "Repeated Header Entries").
 * <p>
 * Never changed once it was made, so any thread may read it; nothing in it refers to the
 * decoder's input.
 */
public final class ClientFrame {

	private final FrameHead head;

	private final byte[] body;

	private final int size;

	ClientFrame(FrameHead head, byte[] body, int size) {
		this.head = head;
		this.body = body;
		this.size = size;
	}

	public Command command() {
		return this.head.command();
	}

	/**
	 * The value of a header.
	 * @param name in exactly this spelling
	 * @return null where the frame has no such header
	 */
	public @Nullable String header(String name) {
		return this.head.find(name);
	}

	/**
	 * The values of a header whose name clients spell as they like, repeated ones too.
	 * Costs nothing where there is none.
	 */
	public List<String> valuesIgnoringCase(String name) {
		List<String> values = List.of();
		for (int i = 0; i < this.head.count(); i++) {
			if (this.head.name(i).equalsIgnoreCase(name)) {
				values = (values.isEmpty()) ? new ArrayList<>(1) : values;
				values.add(this.head.value(i));
			}
		}
		return values;
	}

	/** What it takes in memory, in bytes, roughly. */
	public int memory() {
		return memory(this.size, this.head.count());
	}

	/** A header takes two objects and two arrays, of two bytes a character at most. */
	static int memory(int size, int headers) {
		return 256 + 2 * size + 128 * headers;
	}

	/** The headers in the order they came, of repeated ones the first. */
	public List<Header> headers() {
		int count = this.head.count();
		List<Header> headers = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			if (isFirst(i)) {
				headers.add(new Header(this.head.name(i), this.head.value(i)));
			}
		}
		return headers;
	}

	/** Takes every header in the order they came, repeated ones too. */
	public void forEachHeader(BiConsumer<String, String> taker) {
		for (int i = 0; i < this.head.count(); i++) {
			taker.accept(this.head.name(i), this.head.value(i));
		}
	}

	/**
	 * A frame of the same command, as code of the gateway's operator has changed it.
	 * @param headers all of them
	 * @param body its bytes, given away
	 */
	public ClientFrame with(List<Header> headers, byte[] body) {
		FrameHead changed = FrameHead.of(command(), headers);
		int length = command().name().length() + 3 + body.length;
		for (Header header : headers) {
			length += header.name().length() + header.value().length() + 2;
		}
		return new ClientFrame(changed, body, length);
	}

	private boolean isFirst(int index) {
		for (int i = 0; i < index; i++) {
			if (this.head.name(i).equals(this.head.name(index))) {
				return false;
			}
		}
		return true;
	}

	/**
	 * The headers that a subscriber may see: those the protocol does not
	 * {@linkplain OwnedHeaders own}, in the order they came.
	 * @throws RefusedException {@link Reason#BAD_FRAME} for a name that is not
	 * {@linkplain OwnedHeaders#isPlain plain}
	 */
	public Map<String, String> ownHeaders() {
		Map<String, String> own = null;
		for (int i = 0; i < this.head.count(); i++) {
			String name = this.head.name(i);
			if (!OwnedHeaders.isPlain(name)) {
				throw new RefusedException(Reason.BAD_FRAME, OwnedHeaders.notPlain(name));
			}
			if (!OwnedHeaders.contains(name)) {
				own = (own != null) ? own : new LinkedHashMap<>();
				own.putIfAbsent(name, this.head.value(i));
			}
		}
		return (own != null) ? Collections.unmodifiableMap(own) : Map.of();
	}

	/** The bytes of the body, empty where there is none. The array is the frame's own. */
	public byte[] body() {
		return this.body;
	}

	/** How many bytes the frame took on the wire, from the command to the closing NUL. */
	public int size() {
		return this.size;
	}

	/** Without headers and body: they may hold credentials. */
	@Override
	public String toString() {
		return command() + " of " + this.size + " bytes";
	}

}
