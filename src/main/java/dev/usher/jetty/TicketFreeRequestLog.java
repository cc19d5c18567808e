package dev.usher.jetty;

import dev.usher.edge.QueryParameter;
import dev.usher.edge.TokenInUrl;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.component.ContainerLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps credentials out of the access log. A query that holds one, used or refused, is
 * cut out as a whole, of the URL and of the {@code Referer}.
 */
final class TicketFreeRequestLog extends ContainerLifeCycle implements RequestLog {

	private static final String CUT = "cut";

	private final RequestLog log;

	TicketFreeRequestLog(RequestLog log) {
		this.log = log;
		// Started and stopped with this.
		addBean(log);
	}

	@Override
	public void log(Request request, Response response) {
		this.log.log(needsCut(request) ? new CutRequest(request) : request, response);
	}

	private static boolean needsCut(Request request) {
		return isSecret(request.getHttpURI().getQuery()) || isInPath(request)
				|| isSecretUrl(request.getHeaders().get(HttpHeader.REFERER));
	}

	private static boolean isInPath(Request request) {
		String path = request.getHttpURI().getPath();
		return path != null && TokenInUrl.isInPath(path);
	}

	private static boolean isSecretUrl(@Nullable String url) {
		return url != null && (isSecret(queryOf(url)) || TokenInUrl.isInPath(url));
	}

	private static boolean isSecret(@Nullable String query) {
		return query != null && (TokenInUrl.isIn(query) || !QueryParameter.values(query, "ticket").isEmpty());
	}

	private static @Nullable String queryOf(String url) {
		int mark = url.indexOf('?');
		return (mark >= 0) ? url.substring(mark + 1) : null;
	}

	private static final class CutRequest extends Request.Wrapper {

		private final HttpURI uri;

		private final HttpFields headers;

		CutRequest(Request request) {
			super(request);
			this.uri = cut(request);
			this.headers = HttpFields.build(request.getHeaders()).remove(HttpHeader.REFERER).asImmutable();
		}

		private static HttpURI cut(Request request) {
			HttpURI.Mutable uri = HttpURI.build(request.getHttpURI()).query(CUT);
			String path = uri.getPath();
			return ((isInPath(request) && path != null) ? uri.path(path.substring(0, path.indexOf(';')) + ";" + CUT)
					: uri)
				.asImmutable();
		}

		@Override
		public HttpURI getHttpURI() {
			return this.uri;
		}

		@Override
		public HttpFields getHeaders() {
			return this.headers;
		}

	}

}
