package dev.usher.socket;

import java.util.ArrayList;
import java.util.List;

import dev.usher.edge.ClientAddress;
import dev.usher.edge.ClientAddress.Source;
import dev.usher.edge.QueryParameter;
import dev.usher.websocket.HandshakeRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * Reads what the gateway wants to know of a handshake, once for each: those who ask later
 * find it among the attributes of the request, or read it anew if somebody took it away.
 */
@Component
class HandshakeReader {

	private static final String ATTRIBUTE = Handshake.class.getName();

	/** What proxies say of the client, and anybody else can write. */
	private static final List<String> FORWARDED = List.of("Forwarded", "X-Forwarded-For", "X-Forwarded-Proto",
			"X-Forwarded-Host");

	private final ClientAddress addresses;

	HandshakeReader(ClientAddress addresses) {
		this.addresses = addresses;
	}

	Handshake read(ServerHttpRequest request) {
		if (request.getAttributes().get(ATTRIBUTE) instanceof Handshake known) {
			return known;
		}
		Handshake handshake = readAnew(of(request));
		request.getAttributes().put(ATTRIBUTE, handshake);
		return handshake;
	}

	/** Handshakes are the gateway's own requests. */
	static HandshakeRequest of(ServerHttpRequest request) {
		if (request instanceof HandshakeRequest handshake) {
			return handshake;
		}
		throw new IllegalArgumentException("The request did not come to a WebSocket of the gateway");
	}

	private Handshake readAnew(HandshakeRequest request) {
		HttpHeaders headers = request.getHeaders();
		Source source = this.addresses.resolve(request.peerAddress(), request.ownOrigin(), forwarded(headers));
		List<String> tickets = QueryParameter.values(request.query(), Credentials.TICKET);
		return new Handshake(source.address(), source.origin(), request.path(), headers.getFirst(HttpHeaders.ORIGIN),
				headers.getFirst("Sec-Fetch-Site"), headers.getFirst(HttpHeaders.AUTHORIZATION), cookies(headers),
				tickets.isEmpty() ? null : tickets.get(0));
	}

	private static List<String> forwarded(HttpHeaders headers) {
		List<String> forwarded = new ArrayList<>();
		for (String name : FORWARDED) {
			List<String> values = headers.get(name);
			if (values != null) {
				values.forEach((value) -> forwarded.add(name + ": " + value));
			}
		}
		return forwarded;
	}

	/** RFC 9113, section 8.2.3, lets a client cut the header into several. */
	private static @Nullable String cookies(HttpHeaders headers) {
		List<String> lines = headers.get(HttpHeaders.COOKIE);
		return (lines != null) ? String.join("; ", lines) : null;
	}

	/**
	 * A query without the ticket, which a session may show; null where nothing is left.
	 */
	static @Nullable String withoutTicket(@Nullable String query) {
		if (query == null || QueryParameter.values(query, Credentials.TICKET).isEmpty()) {
			return query;
		}
		List<String> others = new ArrayList<>();
		for (String parameter : query.split("[&;]")) {
			if (QueryParameter.values(parameter, Credentials.TICKET).isEmpty()) {
				others.add(parameter);
			}
		}
		return others.isEmpty() ? null : String.join("&", others);
	}

}
