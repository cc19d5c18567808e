package dev.usher.jetty;

import java.util.List;
import java.util.stream.Stream;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.ResponseHttpFields.PersistentHttpField;

/**
 * What every answer tells a browser, be it of a controller, of the handshake or of the
 * container itself: guess no types, be framed by nobody, load nothing from elsewhere,
 * tell nobody the address. The fields are of a kind that survives when an answer is begun
 * anew to say what failed.
 */
final class SecurityHeaders implements HttpConfiguration.Customizer {

	private static final List<HttpField> ALWAYS = fields("X-Content-Type-Options", "nosniff", "Content-Security-Policy",
			// The page at /docs has styles and pictures of its own in its scripts.
			"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; "
					+ "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"Referrer-Policy", "no-referrer");

	/**
	 * RFC 6797. A year, for this host alone: its neighbours are not ours to speak for.
	 */
	private static final List<HttpField> SECURE = fields("Strict-Transport-Security", "max-age=31536000");

	private static List<HttpField> fields(String... pairs) {
		return Stream.iterate(0, (i) -> i < pairs.length, (i) -> i + 2)
			.<HttpField>map((i) -> new PersistentHttpField(new HttpField(pairs[i], pairs[i + 1])))
			.toList();
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		ALWAYS.forEach(responseHeaders::put);
		if (HttpScheme.HTTPS.is(request.getHttpURI().getScheme())) {
			SECURE.forEach(responseHeaders::put);
		}
		return request;
	}

	/** The same for an answer to what was no request. */
	static void addTo(HttpFields.Mutable fields) {
		ALWAYS.forEach(fields::put);
	}

}
