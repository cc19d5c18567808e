package dev.usher.socket;

import dev.usher.edge.QueryParameter;
import dev.usher.edge.TokenInUrl;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.websocket.HandshakeRequest;

import org.springframework.stereotype.Component;

/** No access token in the URL, where logs keep it, and one ticket at most. */
@Component
class UrlCheck extends HandshakeCheck {

	@Override
	void check(HandshakeRequest request) {
		String query = request.query();
		if (TokenInUrl.isIn(query) || TokenInUrl.isInPath(request.path())) {
			throw new RefusedException(Reason.TOKEN_IN_URL);
		}
		// Each would ask the database, and a URL holds hundreds.
		if (QueryParameter.values(query, Credentials.TICKET).size() > 1) {
			throw new RefusedException(Reason.BAD_REQUEST, "There is more than one ticket in the URL.");
		}
	}

}
