package dev.usher.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads an archive as the standard says (POSIX, ustar), and checks what a reader checks.
 */
final class TarReader {

	private static final int BLOCK = 512;

	private TarReader() {
	}

	/** The texts of the files by their names. */
	static Map<String, String> read(byte[] archive) {
		Map<String, String> files = new LinkedHashMap<>();
		int at = 0;
		while (archive[at] != 0) {
			String name = text(archive, at, 100);
			int length = Integer.parseInt(text(archive, at + 124, 12).strip(), 8);
			int sum = Integer.parseInt(text(archive, at + 148, 8).strip(), 8);
			if (sum != sum(archive, at) || !text(archive, at + 257, 6).equals("ustar")) {
				throw new AssertionError("the header of " + name + " is broken");
			}
			files.put(name, new String(archive, at + BLOCK, length, StandardCharsets.UTF_8));
			at += BLOCK + (length + BLOCK - 1) / BLOCK * BLOCK;
		}
		if (archive.length - at < 2 * BLOCK) {
			throw new AssertionError("the end is missing");
		}
		return files;
	}

	/** The sum of a header's bytes, those of the sum itself taken for blanks. */
	private static int sum(byte[] archive, int at) {
		int sum = 0;
		for (int i = 0; i < BLOCK; i++) {
			sum += (i >= 148 && i < 156) ? ' ' : archive[at + i] & 0xff;
		}
		return sum;
	}

	private static String text(byte[] archive, int at, int length) {
		int end = at;
		while (end < at + length && archive[end] != 0) {
			end++;
		}
		return new String(archive, at, end - at, StandardCharsets.US_ASCII);
	}

}
