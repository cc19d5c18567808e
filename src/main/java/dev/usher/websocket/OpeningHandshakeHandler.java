package dev.usher.websocket;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * The server's side of the opening handshake (RFC 6455, section 4.2), once the
 * interceptors have let a request through: checks it, chooses the subprotocol and the
 * extension, and has the connection upgraded. Spring's own handler takes keys that are
 * none and answers without a problem document; see decisions.md.
 */
final class OpeningHandshakeHandler implements HandshakeHandler {

	private static final int UPGRADE_REQUIRED = 426;

	private static final int KEY_BYTES = 16;

	private final RequestUpgradeStrategy strategy;

	OpeningHandshakeHandler(RequestUpgradeStrategy strategy) {
		this.strategy = strategy;
	}

	@Override
	public boolean doHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		HttpHeaders headers = request.getHeaders();
		String version = this.strategy.getSupportedVersions()[0];
		if (!asksForUpgrade(request, version)) {
			response.getHeaders().set(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION, version);
			response.getHeaders().setUpgrade("websocket");
			throw RefusedException.ofStatus(UPGRADE_REQUIRED, Reason.BAD_REQUEST,
					"This address speaks WebSocket, version 13.");
		}
		String key = headers.getFirst(WebSocketHttpHeaders.SEC_WEBSOCKET_KEY);
		if (key == null || !isKey(key)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in Base64.");
		}
		this.strategy.upgrade(request, response, subProtocol(headers, handler), extensions(request),
				request.getPrincipal(), handler, attributes);
		return true;
	}

	private static boolean asksForUpgrade(ServerHttpRequest request, String version) {
		HttpHeaders headers = request.getHeaders();
		return request.getMethod() == HttpMethod.GET
				&& (!(request instanceof HandshakeRequest jetty) || jetty.isHttp11())
				&& names(headers, HttpHeaders.UPGRADE, "websocket") && names(headers, HttpHeaders.CONNECTION, "upgrade")
				&& version.equals(headers.getFirst(WebSocketHttpHeaders.SEC_WEBSOCKET_VERSION));
	}

	/** Whether a header that is a list has an entry, in any case. */
	private static boolean names(HttpHeaders headers, String header, String entry) {
		return values(headers, header).stream()
			.flatMap((line) -> Arrays.stream(line.split(",")))
			.anyMatch((each) -> each.strip().equalsIgnoreCase(entry));
	}

	private static List<String> values(HttpHeaders headers, String header) {
		List<String> values = headers.get(header);
		return (values != null) ? values : List.of();
	}

	private static boolean isKey(String key) {
		try {
			return Base64.getDecoder().decode(key).length == KEY_BYTES;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/** The best of ours that is offered: the handler names its best first. */
	private static @Nullable String subProtocol(HttpHeaders headers, WebSocketHandler handler) {
		List<String> lines = values(headers, WebSocketHttpHeaders.SEC_WEBSOCKET_PROTOCOL);
		if (lines.isEmpty() || !(WebSocketHandlerDecorator.unwrap(handler) instanceof SubProtocolCapable capable)) {
			return null;
		}
		List<String> offered = lines.stream()
			.flatMap((line) -> Arrays.stream(line.split(",")))
			.map(String::strip)
			.toList();
		return capable.getSubProtocols().stream().filter(offered::contains).findFirst().orElse(null);
	}

	private List<WebSocketExtension> extensions(ServerHttpRequest request) {
		List<WebSocketExtension> supported = this.strategy.getSupportedExtensions(request);
		if (supported.isEmpty()) {
			return supported;
		}
		boolean offered = values(request.getHeaders(), WebSocketHttpHeaders.SEC_WEBSOCKET_EXTENSIONS).stream()
			.flatMap((line) -> Arrays.stream(line.split(",")))
			.anyMatch(PerMessageDeflate::accepts);
		return (offered) ? supported : List.of();
	}

}
