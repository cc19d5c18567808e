package dev.usher.jetty;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.usher.edge.ClientAddress;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Says by what name the client of a request counts for limits: its network, behind a
 * trusted proxy the one that the proxy names; empty where a proxy asks for itself or
 * names nobody.
 */
final class Holders {

	private static final Set<HttpHeader> FORWARDED = EnumSet.of(HttpHeader.FORWARDED, HttpHeader.X_FORWARDED_FOR,
			HttpHeader.X_FORWARDED_PROTO, HttpHeader.X_FORWARDED_HOST);

	private final ClientAddress addresses;

	public Holders(ClientAddress addresses) {
		this.addresses = addresses;
	}

	/** The holder of a request. */
	public String of(Request request) {
		List<String> forwarded = new ArrayList<>();
		for (HttpField field : request.getHeaders()) {
			if (field.getHeader() != null && FORWARDED.contains(field.getHeader())) {
				forwarded.add(field.getHeader() + ": " + field.getValue());
			}
		}
		// The origin does not matter to an address.
		return this.addresses
			.holder(this.addresses.resolve(Request.getRemoteAddr(request), "http://localhost", forwarded).address());
	}

}
