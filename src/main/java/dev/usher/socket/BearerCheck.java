package dev.usher.socket;

import dev.usher.websocket.HandshakeRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Refuses a bad token of a client that is no browser, because that client can see the
 * status. A good one is believed at CONNECT, where it is verified once more.
 */
@Component
class BearerCheck extends HandshakeCheck {

	private final Credentials credentials;

	BearerCheck(Credentials credentials) {
		this.credentials = credentials;
	}

	@Override
	void check(HandshakeRequest request) {
		this.credentials.checkHandshake(request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
	}

}
