package dev.usher.stomp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A whole frame from a client, its headers unescaped. Most have fewer than eight headers,
 * so they are kept in one array and searched in line; of a repeated header only the first
 * counts (STOMP 1.2, section "Repeated Header Entries").
 * <p>
 * Never changed once it was made, so any thread may read it; nothing in it refers to the
 * decoder's input.
 */
public final class ClientFrame {

	private final Command command;

	/** Name, value, name, value, ...; repeated ones too, as they came. */
	private final String[] texts;

	private final int textCount;

	private final byte[] body;

	private final int size;

	ClientFrame(Command command, String[] texts, int textCount, byte[] body, int size) {
		this.command = command;
		this.texts = texts;
		this.textCount = textCount;
		this.body = body;
		this.size = size;
	}

	public Command command() {
		return this.command;
	}

	/**
	 * The value of a header.
	 * @param name in exactly this spelling
	 * @return null where the frame has no such header
	 */
	public @Nullable String header(String name) {
		return find(this.texts, this.textCount, name);
	}

	static @Nullable String find(String[] texts, int textCount, String name) {
		for (int i = 0; i < textCount; i += 2) {
			if (texts[i].equals(name)) {
				return texts[i + 1];
			}
		}
		return null;
	}

	/** The headers in the order they came, of repeated ones the first. */
	public List<Header> headers() {
		List<Header> headers = new ArrayList<>(this.textCount / 2);
		for (int i = 0; i < this.textCount; i += 2) {
			if (isFirst(i)) {
				headers.add(new Header(this.texts[i], this.texts[i + 1]));
			}
		}
		return headers;
	}

	/**
	 * The headers that a subscriber may see: those the protocol does not
	 * {@linkplain OwnedHeaders own}, in the order they came.
	 */
	public Map<String, String> ownHeaders() {
		Map<String, String> own = null;
		for (int i = 0; i < this.textCount; i += 2) {
			if (!OwnedHeaders.contains(this.texts[i])) {
				own = (own != null) ? own : new LinkedHashMap<>();
				own.putIfAbsent(this.texts[i], this.texts[i + 1]);
			}
		}
		return (own != null) ? Collections.unmodifiableMap(own) : Map.of();
	}

	private boolean isFirst(int index) {
		for (int i = 0; i < index; i += 2) {
			if (this.texts[i].equals(this.texts[index])) {
				return false;
			}
		}
		return true;
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
		return this.command + " of " + this.size + " bytes";
	}

}
