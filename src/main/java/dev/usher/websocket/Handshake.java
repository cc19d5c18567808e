package dev.usher.websocket;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked for when it opened the WebSocket.
 *
 * @param origin the {@code Origin}, which a browser always sends, or null
 * @param ownOrigin the origin this request came to, as a browser would write it
 * @param authorization the {@code Authorization} header, or null
 * @param cookie the {@code Cookie} header, or null
 * @param query the query of the URL as it came, or null
 * @param subprotocols what the client offers, best first
 * @param remoteAddress the address the connection came from
 * @param forwarded the headers {@code Forwarded} and {@code X-Forwarded-*}, each as
 * {@code Name: value}, which anybody can write
 * @param fetchSite the {@code Sec-Fetch-Site}, where a browser says whose page asks, or
 * null
 * @param userAgent the {@code User-Agent}, or null
 */
public record Handshake(@Nullable String origin, String ownOrigin, @Nullable String authorization,
		@Nullable String cookie, @Nullable String query, List<String> subprotocols, String remoteAddress,
		List<String> forwarded, @Nullable String fetchSite, @Nullable String userAgent) {

	/**
	 * The same as seen from before the proxies.
	 * @param address the client's address
	 * @param origin the origin the client asked
	 */
	public Handshake from(String address, String origin) {
		return new Handshake(this.origin, origin, this.authorization, this.cookie, this.query, this.subprotocols,
				address, this.forwarded, this.fetchSite, this.userAgent);
	}

	/** Keeps credentials out of logs. */
	@Override
	public String toString() {
		return "Handshake[origin=" + this.origin + ", remoteAddress=" + this.remoteAddress + "]";
	}

}
