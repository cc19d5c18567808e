package dev.usher.token;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fetches a small document from an issuer. Follows no redirect, because an issuer's keys
 * come from where the operator said and nowhere else. Blocks its caller.
 */
final class HttpFetch {

	/** How long the whole answer may take, the last byte included. */
	static final Duration TIMEOUT = Duration.ofSeconds(3);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final int OK = 200;

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(CONNECT_TIMEOUT)
		.followRedirects(HttpClient.Redirect.NEVER)
		.build();

	/** Whether this is an absolute http or https URL. */
	static boolean isHttp(URI uri) {
		return uri.getHost() != null
				&& ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
	}

	/**
	 * Sends a GET request and waits for the whole answer.
	 * @return the body of a 200 answer, {@link BoundedBody#MAX} bytes at most
	 * @throws IOException where there is no such answer, or not in {@link #TIMEOUT}
	 */
	String get(URI uri) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(uri)
			.header("Accept", "application/json, application/jwk-set+json")
			.timeout(TIMEOUT)
			.build();
		CompletableFuture<HttpResponse<byte[]>> answer = this.client.sendAsync(request,
				(response) -> new BoundedBody());
		try {
			// The request's own timeout ends with the headers; this one bounds the body.
			HttpResponse<byte[]> response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			if (response.statusCode() != OK) {
				throw new IOException(uri + " answered " + response.statusCode());
			}
			return new String(response.body(), StandardCharsets.UTF_8);
		}
		catch (TimeoutException ex) {
			throw new IOException(uri + " did not answer within " + TIMEOUT.toSeconds() + " s", ex);
		}
		catch (ExecutionException ex) {
			throw new IOException(uri + " could not be fetched: " + ex.getCause(), ex);
		}
		finally {
			answer.cancel(true);
		}
	}

}
