package dev.usher.websocket;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import dev.usher.websocket.HandshakeDecision.Accepted;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The opening handshake (RFC 6455, section 4.2) at one path, before any servlet, filter
 * or session is asked; every other request goes on to them.
 */
public final class WebSocketUpgradeHandler extends Handler.Wrapper {

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final String VERSION = "13";

	private static final int KEY_BYTES = 16;

	private final String path;

	private final HandshakeDecision decision;

	private final WebSocketLimits limits;

	private final HeldBytes held;

	public WebSocketUpgradeHandler(Handler next, String path, HandshakeDecision decision, WebSocketLimits limits,
			HeldBytes held) {
		super(next);
		this.path = path;
		this.decision = decision;
		this.limits = limits;
		this.held = held;
	}

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		if (!this.path.equals(Request.getPathInContext(request))) {
			return super.handle(request, response, callback);
		}
		try {
			Handshake handshake = handshake(request);
			this.decision.inspect(handshake);
			String key = checkedKey(request);
			Accepted accepted = this.decision.accept(handshake);
			upgrade(request, response, key, accepted);
			response.write(true, null, callback);
		}
		catch (NotWebSocketException ex) {
			response.getHeaders().put(HttpHeader.SEC_WEBSOCKET_VERSION, VERSION);
			response.getHeaders().put(HttpHeader.UPGRADE, "websocket");
			Problems.write(request, response, callback, 426, Reason.BAD_REQUEST,
					"This address speaks WebSocket, version 13.", "");
		}
		catch (RefusedException ex) {
			Problems.write(request, response, callback, ex);
		}
		return true;
	}

	private static String checkedKey(Request request) {
		HttpFields headers = request.getHeaders();
		boolean upgrade = HttpMethod.GET.is(request.getMethod())
				&& request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
				&& headers.contains(HttpHeader.UPGRADE, "websocket")
				&& headers.contains(HttpHeader.CONNECTION, "upgrade")
				&& VERSION.equals(headers.get(HttpHeader.SEC_WEBSOCKET_VERSION));
		if (!upgrade) {
			throw new NotWebSocketException();
		}
		String key = headers.get(HttpHeader.SEC_WEBSOCKET_KEY);
		if (key == null || !isKey(key)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in Base64.");
		}
		return key;
	}

	private static boolean isKey(String key) {
		try {
			return Base64.getDecoder().decode(key).length == KEY_BYTES;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static Handshake handshake(Request request) {
		HttpFields headers = request.getHeaders();
		HttpURI uri = request.getHttpURI();
		String ownOrigin = uri.getScheme() + "://" + headers.get(HttpHeader.HOST);
		if (uri.getAuthority() != null) {
			ownOrigin = uri.getScheme() + "://" + uri.getAuthority();
		}
		List<String> forwarded = new ArrayList<>();
		addAll(forwarded, headers, HttpHeader.FORWARDED);
		addAll(forwarded, headers, HttpHeader.X_FORWARDED_FOR);
		addAll(forwarded, headers, HttpHeader.X_FORWARDED_PROTO);
		addAll(forwarded, headers, HttpHeader.X_FORWARDED_HOST);
		return new Handshake(origin(headers), ownOrigin, headers.get(HttpHeader.AUTHORIZATION), cookies(headers),
				uri.getQuery(), headers.getCSV("Sec-WebSocket-Protocol", false), Request.getRemoteAddr(request),
				forwarded, headers.get("Sec-Fetch-Site"), headers.get(HttpHeader.USER_AGENT));
	}

	/** RFC 9113, section 8.2.3, lets a client cut the header into several. */
	private static @Nullable String cookies(HttpFields headers) {
		List<String> lines = headers.getValuesList(HttpHeader.COOKIE);
		return lines.isEmpty() ? null : String.join("; ", lines);
	}

	/** Two Origin headers are none that could be trusted. */
	private static @Nullable String origin(HttpFields headers) {
		List<String> origins = headers.getValuesList(HttpHeader.ORIGIN);
		if (origins.size() > 1) {
			throw new RefusedException(Reason.BAD_REQUEST, "There is more than one Origin header.");
		}
		return (origins.isEmpty()) ? null : origins.get(0);
	}

	private static void addAll(List<String> values, HttpFields headers, HttpHeader name) {
		for (HttpField field : headers) {
			if (field.getHeader() == name) {
				values.add(name + ": " + field.getValue());
			}
		}
	}

	private void upgrade(Request request, Response response, String key, Accepted accepted) {
		HttpFields.Mutable headers = response.getHeaders();
		String deflate = extension(request.getHeaders());
		response.setStatus(101);
		headers.put(HttpHeader.UPGRADE, "websocket");
		headers.put(HttpHeader.CONNECTION, "Upgrade");
		headers.put(HttpHeader.SEC_WEBSOCKET_ACCEPT, accept(key));
		if (accepted.subprotocol() != null) {
			headers.put(HttpHeader.SEC_WEBSOCKET_SUBPROTOCOL, accepted.subprotocol());
		}
		if (deflate != null) {
			headers.put(HttpHeader.SEC_WEBSOCKET_EXTENSIONS, deflate);
		}
		ConnectionMetaData metaData = request.getConnectionMetaData();
		Connector connector = metaData.getConnector();
		EndPoint endPoint = metaData.getConnection().getEndPoint();
		request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
				new WebSocketConnection(endPoint, connector.getExecutor(), connector.getScheduler(),
						accepted.listener(), this.limits, deflate != null, this.held));
	}

	private @Nullable String extension(HttpFields headers) {
		if (!this.limits.compression()) {
			return null;
		}
		for (String value : headers.getValuesList(HttpHeader.SEC_WEBSOCKET_EXTENSIONS)) {
			if (Arrays.stream(value.split(",")).anyMatch(PerMessageDeflate::accepts)) {
				return PerMessageDeflate.RESPONSE;
			}
		}
		return null;
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

	private static final class NotWebSocketException extends RuntimeException {

		private NotWebSocketException() {
			super(null, null, false, false);
		}

	}

}
