package dev.usher.socket;

import dev.usher.edge.OriginProperties;
import dev.usher.edge.UnlistedOrigins;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.websocket.HandshakeRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Whose pages may open a WebSocket. A page of another origin could make its visitors'
 * browsers open one, and browsers do not ask first as they do for other requests (RFC
 * 6455, section 10.2).
 */
@Component
class OriginCheck extends HandshakeCheck {

	private final HandshakeReader handshakes;

	private final OriginProperties origins;

	private final UnlistedOrigins unlisted;

	OriginCheck(HandshakeReader handshakes, OriginProperties origins, UnlistedOrigins unlisted) {
		this.handshakes = handshakes;
		this.origins = origins;
		this.unlisted = unlisted;
	}

	@Override
	void check(HandshakeRequest request) {
		String origin = request.getHeaders().getFirst(HttpHeaders.ORIGIN);
		if (origin == null) {
			return;
		}
		if (!OriginProperties.same(origin, this.handshakes.read(request).ownOrigin()) && !this.origins.allows(origin)) {
			this.unlisted.refused(origin);
			throw new RefusedException(Reason.FORBIDDEN, "Pages of this origin are not allowed to connect.");
		}
	}

}
