package dev.usher.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Problem documents (RFC 9457) of a handshake that is refused, where no servlet answers.
 * Their texts are our own, so nothing in them needs more escaping than a quotation mark.
 */
final class Problems {

	private Problems() {
	}

	static void write(Request request, Response response, Callback callback, RefusedException refused) {
		refused.retryAfter()
			.ifPresent((after) -> response.getHeaders().put(HttpHeader.RETRY_AFTER, RefusedException.seconds(after)));
		if (refused.reason().httpStatus() == HttpStatus.UNAUTHORIZED_401) {
			response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
		}
		write(request, response, callback, refused.reason().httpStatus(), refused.reason(), refused.text(),
				refused.incident().map((id) -> ",\"incident\":\"" + id + "\"").orElse(""));
	}

	static void write(Request request, Response response, Callback callback, int status, Reason reason, String text,
			String incident) {
		String json = "{\"type\":\"about:blank\",\"title\":\"" + HttpStatus.getMessage(status) + "\",\"status\":"
				+ status + ",\"detail\":\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\",\"code\":\""
				+ reason.code() + "\"" + incident + "}";
		response.setStatus(status);
		response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
		response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
		response.write(true, ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), callback);
	}

}
