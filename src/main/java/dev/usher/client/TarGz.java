package dev.usher.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a gzipped tar archive (POSIX ustar) of a few small files. The same files make
 * the same bytes on every node, so that a lock file of npm holds for all of them.
 */
final class TarGz implements AutoCloseable {

	private static final int BLOCK = 512;

	private final GZIPOutputStream out;

	TarGz(OutputStream out) throws IOException {
		this.out = new GZIPOutputStream(out);
	}

	void add(String name, String text) throws IOException {
		byte[] content = text.getBytes(StandardCharsets.UTF_8);
		this.out.write(header(name, content.length));
		this.out.write(content);
		this.out.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
	}

	private static byte[] header(String name, int length) {
		byte[] header = new byte[BLOCK];
		put(header, 0, name);
		put(header, 100, "0000644\0");
		put(header, 108, "0000000\0");
		put(header, 116, "0000000\0");
		put(header, 124, String.format("%011o ", length));
		// The date from which npm's own archives are.
		put(header, 136, String.format("%011o ", 499162500));
		put(header, 148, " ".repeat(8));
		put(header, 156, "0");
		put(header, 257, "ustar\00000");
		int sum = 0;
		for (byte each : header) {
			sum += each & 0xff;
		}
		put(header, 148, String.format("%06o\0 ", sum));
		return header;
	}

	private static void put(byte[] header, int at, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(bytes, 0, header, at, bytes.length);
	}

	/** Two empty blocks say that this was all. */
	@Override
	public void close() throws IOException {
		this.out.write(new byte[2 * BLOCK]);
		this.out.close();
	}

}
