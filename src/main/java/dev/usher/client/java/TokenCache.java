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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/** Keeps the token, and asks for the next one once, however many threads need it. */
final class TokenCache {

	/** For all of an answer, and for a supplier. */
	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/** For so long after a failure others are answered with it, in nanoseconds. */
	private static final long COMMON = 500_000_000;

	private final Source source;

	private @Nullable String value;

	/** When the next one is needed, in the time of {@link System#nanoTime()}. */
	private long until;

	private Thread asker = new Thread();

	private @Nullable UsherException failure;

	private long failedAt;

	TokenCache(Source source) {
		this.source = source;
	}

	/** A token of a supplier lives for 90 s, until the gateway says how long. */
	static Source supplied(TokenSource supplier) {
		return (renew) -> new Grant(supplier.token(renew), 90);
	}

	/** Client credentials (RFC 6749, section 4.4) with a secret. */
	static Source client(HttpClient http, URI base, String id, String secret) {
		String pair = encode(id) + ":" + encode(secret);
		HttpRequest request = HttpRequest.newBuilder(base.resolve("oauth2/token"))
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
				return new Grant(token, seconds.doubleValue());
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
		String kept = this.value;
		if (kept != null && !kept.equals(spent) && System.nanoTime() - this.until < 0) {
			return kept;
		}
		if (this.failure != null && System.nanoTime() - this.failedAt < COMMON) {
			throw this.failure;
		}
		try {
			this.failure = null;
			// One call at a time: the last one may be deaf to its interrupt.
			this.asker.join(TIMEOUT.toMillis());
			if (this.asker.isAlive()) {
				throw new UsherException("timeout", "The source of tokens has still not ended.");
			}
			FutureTask<Grant> task = new FutureTask<>(() -> this.source.fetch(kept != null));
			this.asker = UsherClient.thread(task, "usher token");
			this.asker.start();
			Grant grant = await(task, TIMEOUT, "No token could be had: ");
			if (grant.value == null || !grant.value.matches("[!-~]+")) {
				throw new UsherException("signed_out", "There is no token: nothing, or no token, was answered.");
			}
			this.value = grant.value;
			confirmed(grant.value, grant.lifetime);
			return grant.value;
		}
		catch (UsherException ex) {
			this.failedAt = System.nanoTime();
			this.failure = ex;
			throw ex;
		}
	}

	/** What it answers within the limit; else it is cancelled. */
	static <T> T await(Future<T> call, Duration limit, String failed) throws InterruptedException {
		try {
			return call.get(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new UsherException("timeout", failed + "no answer within " + limit.toSeconds() + " s.");
		}
		catch (ExecutionException ex) {
			throw UsherException.of(ex.getCause(), "unreachable", failed);
		}
		finally {
			call.cancel(true);
		}
	}

	/** How long it lives from now on, in seconds. */
	synchronized void confirmed(@Nullable String token, double lifetime) {
		if (token != null && token.equals(this.value)) {
			this.until = System.nanoTime() + (long) ((lifetime - margin(lifetime)) * 1e9);
		}
	}

	/** Where tokens come from. */
	interface Source {

		Grant fetch(boolean renew) throws Exception;

	}

	/** A token, and how long it lives, in seconds. */
	record Grant(@Nullable String value, double lifetime) {

	}

}
