package dev.usher.websocket;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.support.JettyHeadersAdapter;

/**
 * The answer to a request for a WebSocket, as Spring shows answers. Nothing of it leaves
 * before all interceptors have been asked.
 */
final class HandshakeResponse implements ServerHttpResponse {

	private final Response response;

	private final HttpHeaders headers;

	private int status;

	private @Nullable ByteArrayOutputStream body;

	HandshakeResponse(Response response) {
		this.response = response;
		this.headers = new HttpHeaders(new JettyHeadersAdapter(response.getHeaders()));
	}

	/** What it is a view of. */
	Response jetty() {
		return this.response;
	}

	/** The status somebody set, 0 where nobody did. */
	int status() {
		return this.status;
	}

	/** What somebody wrote. */
	ByteBuffer body() {
		return (this.body != null) ? ByteBuffer.wrap(this.body.toByteArray()) : BufferUtil.EMPTY_BUFFER;
	}

	@Override
	public void setStatusCode(HttpStatusCode status) {
		this.status = status.value();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public OutputStream getBody() {
		if (this.body == null) {
			this.body = new ByteArrayOutputStream();
		}
		return this.body;
	}

	/** Waits, as all of the answer does, for the end of the handshake. */
	@Override
	public void flush() {
	}

	@Override
	public void close() {
	}

}
