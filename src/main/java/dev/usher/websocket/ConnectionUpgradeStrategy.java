package dev.usher.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.util.Assert;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.server.RequestUpgradeStrategy;

/**
 * Makes a {@link WebSocketConnection} of the connection that a request came by. For
 * requests of {@link WebSocketUpgradeHandler} and handlers that are a
 * {@link PayloadHandler} alone.
 */
public final class ConnectionUpgradeStrategy implements RequestUpgradeStrategy {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private final WebSocketLimits limits;

	private final HeldBytes held;

	private final Function<@Nullable String, @Nullable String> shownQuery;

	private final DecoratorThreads threads;

	/**
	 * @param limits of each connection
	 * @param held where their queues count
	 * @param shownQuery makes of a query what a session may show, without secrets
	 * @param threads where decorators of handlers are told how sessions end
	 */
	public ConnectionUpgradeStrategy(WebSocketLimits limits, HeldBytes held,
			Function<@Nullable String, @Nullable String> shownQuery, DecoratorThreads threads) {
		this.limits = limits;
		this.held = held;
		this.shownQuery = shownQuery;
		this.threads = threads;
	}

	@Override
	public String[] getSupportedVersions() {
		return new String[] { "13" };
	}

	@Override
	public List<WebSocketExtension> getSupportedExtensions(ServerHttpRequest request) {
		return this.limits.compression() ? List.of(PerMessageDeflate.EXTENSION) : List.of();
	}

	@Override
	public void upgrade(ServerHttpRequest request, ServerHttpResponse response, @Nullable String protocol,
			List<WebSocketExtension> extensions, @Nullable Principal user, WebSocketHandler handler,
			Map<String, Object> attributes) {
		Assert.isInstanceOf(HandshakeRequest.class, request, "A request of the gateway's is needed");
		Assert.isInstanceOf(HandshakeResponse.class, response, "A response of the gateway's is needed");
		HandshakeRequest handshake = (HandshakeRequest) request;
		Request jetty = handshake.jetty();
		boolean deflate = extensions.contains(PerMessageDeflate.EXTENSION);
		HandlerCalls calls = (handler instanceof PayloadHandler) ? null : new HandlerCalls(handler, this.threads);
		SocketSession session = new SocketSession(calls, target(jetty), KeptHeaders.of(jetty.getHeaders()), protocol,
				attributes);
		jetty.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, connection(session, handler, handshake, deflate));
		answer((HandshakeResponse) response, jetty, protocol, deflate);
	}

	private String target(Request request) {
		String path = request.getHttpURI().getPath();
		String query = this.shownQuery.apply(request.getHttpURI().getQuery());
		return (query != null) ? path + "?" + query : path;
	}

	private WebSocketConnection connection(SocketSession session, WebSocketHandler handler, HandshakeRequest request,
			boolean deflate) {
		PayloadHandler owner = (PayloadHandler) WebSocketHandlerDecorator.unwrap(handler);
		PayloadListener listener = owner.listener(session, request);
		ConnectionMetaData metaData = request.jetty().getConnectionMetaData();
		Connector connector = metaData.getConnector();
		EndPoint endPoint = metaData.getConnection().getEndPoint();
		WebSocketConnection connection = new WebSocketConnection(endPoint, connector.getExecutor(),
				connector.getScheduler(), session, listener, this.limits, deflate, this.held);
		session.connect(connection, listener);
		return connection;
	}

	/** What an interceptor wrote of the handshake itself does not count. */
	private static void answer(HandshakeResponse response, Request request, @Nullable String protocol,
			boolean deflate) {
		HttpFields.Mutable headers = response.jetty().getHeaders();
		response.jetty().setStatus(101);
		headers.put(HttpHeader.UPGRADE, "websocket");
		headers.put(HttpHeader.CONNECTION, "Upgrade");
		headers.put(HttpHeader.SEC_WEBSOCKET_ACCEPT, accept(request.getHeaders().get(HttpHeader.SEC_WEBSOCKET_KEY)));
		put(headers, HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, protocol);
		put(headers, HttpHeader.SEC_WEBSOCKET_EXTENSIONS, (deflate) ? PerMessageDeflate.RESPONSE : null);
	}

	private static void put(HttpFields.Mutable headers, HttpHeader name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
		else {
			headers.remove(name);
		}
	}

	/**
	 * RFC 6455, section 4.2.2, step 5.4. SHA-1 is what it says; nothing secret hangs on
	 * it.
	 */
	private static String accept(String key) {
		try {
			MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
			return Base64.getEncoder().encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-1", ex);
		}
	}

}
