package dev.usher.client;

import java.io.IOException;

/**
 * A file for pages of any origin.
 *
 * @param type its content type
 * @param immutable whether what is at this path never changes
 * @param source makes its bytes
 */
public record ClientFile(String type, boolean immutable, Source source) {

	/** Where the bytes come from. */
	@FunctionalInterface
	public interface Source {

		byte[] read() throws IOException;

	}

}
