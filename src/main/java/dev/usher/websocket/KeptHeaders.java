package dev.usher.websocket;

import java.util.EnumSet;
import java.util.Set;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The headers of a handshake for as long as its connection lives, in one string, which is
 * a fifth of what the map would take. Left out are credentials ({@code Authorization},
 * {@code Proxy-Authorization}, {@code Cookie}, {@code DPoP}), where others put some
 * ({@code Sec-WebSocket-Protocol}, {@code Referer}), and what says nothing once there is
 * a connection ({@code Connection}, {@code Upgrade}, {@code Sec-WebSocket-Key},
 * {@code -Version}, {@code -Extensions}).
 */
final class KeptHeaders {

	private static final Set<HttpHeader> LEFT_OUT = EnumSet.of(HttpHeader.AUTHORIZATION, HttpHeader.PROXY_AUTHORIZATION,
			HttpHeader.COOKIE, HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, HttpHeader.REFERER, HttpHeader.CONNECTION,
			HttpHeader.UPGRADE, HttpHeader.SEC_WEBSOCKET_KEY, HttpHeader.SEC_WEBSOCKET_VERSION,
			HttpHeader.SEC_WEBSOCKET_EXTENSIONS);

	/** Lines of {@code name:value}; neither can have the end of a line in it. */
	private final String lines;

	private KeptHeaders(String lines) {
		this.lines = lines;
	}

	static KeptHeaders of(HttpFields fields) {
		StringBuilder lines = new StringBuilder(128);
		for (HttpField field : fields) {
			if (field.getValue() != null && isKept(field)) {
				lines.append(field.getName()).append(':').append(field.getValue()).append('\n');
			}
		}
		return new KeptHeaders(lines.toString());
	}

	private static boolean isKept(HttpField field) {
		HttpHeader known = field.getHeader();
		return (known != null) ? !LEFT_OUT.contains(known) : !field.getName().equalsIgnoreCase("DPoP");
	}

	@Nullable String first(String name) {
		return read().getFirst(name);
	}

	HttpHeaders read() {
		HttpHeaders headers = new HttpHeaders();
		this.lines.lines().forEach((line) -> {
			int colon = line.indexOf(':');
			headers.add(line.substring(0, colon), line.substring(colon + 1));
		});
		return HttpHeaders.readOnlyHttpHeaders(headers);
	}

}
