package dev.usher.websocket;

import java.net.URI;

/**
 * Makes a URI of the address of a handshake. Jetty takes paths and queries that are no
 * URI to Java; what cannot be shown of them is left out, so that nothing fails that only
 * looks.
 */
final class LenientUri {

	private LenientUri() {
	}

	/**
	 * The address with all of the target, or without what follows the first semicolon or
	 * question mark.
	 * @param base the scheme and the authority
	 * @param target the path and the query
	 */
	static URI of(String base, String target) {
		try {
			return URI.create(base + target);
		}
		catch (IllegalArgumentException ex) {
			return URI.create(base + target.replaceFirst("(?s)[;?].*", ""));
		}
	}

}
