package dev.usher.websocket;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.ServerHttpAsyncRequestControl;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.support.JettyHeadersAdapter;

/**
 * A request for a WebSocket, as Spring shows requests: a view of Jetty's, of which
 * nothing is copied that nobody asks for. Its headers cannot be changed.
 */
public final class HandshakeRequest implements ServerHttpRequest {

	private final Request request;

	private final HttpHeaders headers;

	private @Nullable Map<String, Object> attributes;

	HandshakeRequest(Request request) {
		this.request = request;
		this.headers = new HttpHeaders(new JettyHeadersAdapter(request.getHeaders()));
	}

	/** What it is a view of. */
	Request jetty() {
		return this.request;
	}

	/** Whether it can be upgraded at all (RFC 6455, section 4.1). */
	boolean isHttp11() {
		return this.request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
	}

	/** The query as it came, percent-encoded, or null. */
	public @Nullable String query() {
		return this.request.getHttpURI().getQuery();
	}

	/** The path as it came, percent-encoded. */
	public String path() {
		String path = this.request.getHttpURI().getPath();
		return (path != null) ? path : "/";
	}

	/** The origin this request came to, as a browser would write it. */
	public String ownOrigin() {
		HttpURI uri = this.request.getHttpURI();
		String authority = uri.getAuthority();
		return uri.getScheme() + "://"
				+ ((authority != null) ? authority : this.request.getHeaders().get(HttpHeader.HOST));
	}

	/** The IP address at the other end of the connection. */
	public String peerAddress() {
		return Request.getRemoteAddr(this.request);
	}

	@Override
	public HttpMethod getMethod() {
		return HttpMethod.valueOf(this.request.getMethod());
	}

	/** With its query where that is well-formed, without it otherwise. */
	@Override
	public URI getURI() {
		return LenientUri.of(ownOrigin(), this.request.getHttpURI().getPathQuery());
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public Map<String, Object> getAttributes() {
		if (this.attributes == null) {
			this.attributes = new HashMap<>(4);
		}
		return this.attributes;
	}

	/** Nobody: that is for CONNECT to say. */
	@Override
	public @Nullable Principal getPrincipal() {
		return null;
	}

	@Override
	public InetSocketAddress getLocalAddress() {
		return (InetSocketAddress) this.request.getConnectionMetaData().getLocalSocketAddress();
	}

	@Override
	public InetSocketAddress getRemoteAddress() {
		return (InetSocketAddress) this.request.getConnectionMetaData().getRemoteSocketAddress();
	}

	/** Empty: a handshake has none. */
	@Override
	public InputStream getBody() {
		return InputStream.nullInputStream();
	}

	@Override
	public ServerHttpAsyncRequestControl getAsyncRequestControl(ServerHttpResponse response) {
		throw new UnsupportedOperationException("A handshake is answered at once.");
	}

	/** Shows no query, which may hold a ticket. */
	@Override
	public String toString() {
		return this.request.getMethod() + " " + this.request.getHttpURI().getPath();
	}

}
