package dev.usher.socket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Bytes that arrived while a connection could not go on. No larger than what may come
 * before CONNECTED.
 */
final class Backlog {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	void add(ByteBuffer payload) {
		byte[] copy = new byte[payload.remaining()];
		payload.get(copy);
		this.bytes.write(copy, 0, copy.length);
	}

	ByteBuffer bytes() {
		return ByteBuffer.wrap(this.bytes.toByteArray());
	}

}
