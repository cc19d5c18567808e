package dev.usher.client.java;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Keeps the token, and asks for the next one once, however many threads need it. */
final class TokenCache {

	private static final Duration TIMEOUT = Duration.ofSeconds(8);

	/** For so long after a failure others are answered with it, in nanoseconds. */
	private static final long COMMON = 500_000_000;

	private final Source source;

	private @Nullable Grant grant;

	private @Nullable UsherException failure;

	private long failedAt;

	TokenCache(Source source) {
		this.source = source;
	}

	/** A token of a supplier lives for 90 s, until the gateway says how long. */
	static Source supplied(TokenSource supplier) {
		return (renew) -> Grant.of(supplier.token(renew), 90);
	}

	/** Client credentials (RFC 6749, section 4.4) with a secret. */
	static Source client(HttpClient http, URI base, String id, String secret) {
		String pair = encode(id) + ":" + encode(secret);
		HttpRequest request = HttpRequest.newBuilder(base.resolve("oauth2/token"))
			.timeout(TIMEOUT)
			.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
			.build();
		return (renew) -> {
			var answer = http.send(request, BodyHandlers.ofString());
			if (answer.statusCode() == 200 && JsonText.read(answer.body()) instanceof Map<?, ?> body
					&& body.get("access_token") instanceof String token
					&& body.get("expires_in") instanceof Number seconds) {
				return Grant.of(token, seconds.doubleValue());
			}
			throw UsherException.of(answer);
		};
	}

	private static String encode(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8);
	}

	/** How long before its end a token is renewed, in seconds. */
	static double margin(double lifetime) {
		return Math.min(60, lifetime / 3);
	}

	/**
	 * Answers the token that is kept, or asks for one while all others wait. A failure is
	 * theirs too, so that they do not all ask in turn.
	 * @param spent a token that will not do: it was refused, or is to be renewed
	 * @throws UsherException if there is none
	 */
	synchronized String token(@Nullable String spent) throws InterruptedException {
		Grant kept = this.grant;
		if (kept != null && !kept.value.equals(spent) && System.nanoTime() - kept.until < 0) {
			return kept.value;
		}
		if (this.failure != null && System.nanoTime() - this.failedAt < COMMON) {
			throw this.failure;
		}
		try {
			this.failure = null;
			this.grant = this.source.fetch(kept != null);
			return this.grant.value;
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception ex) {
			this.failedAt = System.nanoTime();
			this.failure = (ex instanceof UsherException known) ? known
					: new UsherException("unreachable", "No token could be had: " + ex);
			throw this.failure;
		}
	}

	/** The gateway has said how long it lives. */
	synchronized void confirmed(@Nullable String token, double lifetime) {
		if (this.grant != null && this.grant.value.equals(token)) {
			this.grant = Grant.of(token, lifetime);
		}
	}

	/** Where tokens come from. */
	interface Source {

		Grant fetch(boolean renew) throws Exception;

	}

	/**
	 * A token, and when the next one is needed, in the time of {@link System#nanoTime()}.
	 */
	record Grant(String value, long until) {

		static Grant of(@Nullable String token, double lifetime) {
			if (token == null || !token.matches("[!-~]+")) {
				throw new UsherException("signed_out", "There is no token: nothing, or no token, was answered.");
			}
			return new Grant(token, System.nanoTime() + (long) ((lifetime - margin(lifetime)) * 1e9));
		}

	}

}
