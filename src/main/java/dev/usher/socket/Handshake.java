package dev.usher.socket;

import org.jspecify.annotations.Nullable;

/**
 * What CONNECT needs of the handshake of its connection, which has credentials and goes
 * when the caller is known.
 *
 * @param address the client's address, as seen from before the proxies
 * @param ownOrigin the origin the client asked, likewise, as a browser would write it
 * @param path the path of the URL, likewise
 * @param origin the {@code Origin}, which a browser always sends, or null
 * @param fetchSite the {@code Sec-Fetch-Site}, where a browser says whose page asks, or
 * null
 * @param authorization the {@code Authorization} header, or null
 * @param cookie the {@code Cookie} header, or null
 * @param ticket the ticket in the URL, or null
 */
record Handshake(String address, String ownOrigin, String path, @Nullable String origin, @Nullable String fetchSite,
		@Nullable String authorization, @Nullable String cookie, @Nullable String ticket) {

	/** The URL the client opened, {@code http} in the place of {@code ws}. */
	String url() {
		return this.ownOrigin + this.path;
	}

	/** Keeps credentials out of logs. */
	@Override
	public String toString() {
		return "Handshake[origin=" + this.origin + ", address=" + this.address + "]";
	}

}
