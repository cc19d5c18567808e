package dev.usher.socket;

import java.util.List;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.websocket.HandshakeRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.WebSocketHttpHeaders;

/**
 * No second value where one decides: of two, another hop may have gone by the other. The
 * server refuses a second {@code Host} itself. Lists and cookies may come in several
 * lines (RFC 9110, section 5.3; RFC 9113, section 8.2.3), and a second session cookie is
 * none at CONNECT.
 */
@Component
class HeaderCheck extends HandshakeCheck {

	private static final List<String> ONCE = List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.ORIGIN, "Sec-Fetch-Site",
			WebSocketHttpHeaders.SEC_WEBSOCKET_KEY, WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION);

	@Override
	void check(HandshakeRequest request) {
		for (String name : ONCE) {
			List<String> values = request.getHeaders().get(name);
			if (values != null && values.size() > 1) {
				throw new RefusedException(
						name.equals(HttpHeaders.AUTHORIZATION) ? Reason.UNAUTHORIZED : Reason.BAD_REQUEST,
						"There is more than one header " + name + ".");
			}
		}
	}

}
