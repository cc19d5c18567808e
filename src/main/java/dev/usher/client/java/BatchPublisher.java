package dev.usher.client.java;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.usher.client.java.UsherException.Retry;
import org.jspecify.annotations.Nullable;

/**
 * Publishes on the caller's thread until each message is taken or refused. Each has its
 * id, so to send it again is harmless.
 */
record BatchPublisher(HttpClient http, URI url, TokenCache tokens, Backoff backoff, Duration patience) {

	/**
	 * Of one call, well below what a gateway takes by default; the second in characters.
	 */
	private static final int MESSAGES = 500;

	private static final int LENGTH = 1 << 20;

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	/** One result for each message, in order. */
	List<PublishResult> publish(List<OutgoingMessage> messages) throws InterruptedException {
		long deadline = System.nanoTime() + this.patience.toNanos();
		List<@Nullable PublishResult> results = new ArrayList<>(Collections.nCopies(messages.size(), null));
		List<String> json = messages.stream().map(OutgoingMessage::toJson).toList();
		while (results.contains(null)) {
			List<Integer> batch = new ArrayList<>();
			int length = 0;
			for (int i = 0; i < json.size() && batch.size() < MESSAGES; i++) {
				length += (results.get(i) == null) ? json.get(i).length() : 0;
				if (results.get(i) == null && (batch.isEmpty() || length <= LENGTH)) {
					batch.add(i);
				}
			}
			UsherException error = send(batch, messages, json, results);
			Duration wait = (error != null) ? this.backoff.next(error.retryAfter(), 0) : Duration.ZERO;
			if (error != null && System.nanoTime() + wait.toNanos() - deadline > 0) {
				for (int i = 0; i < messages.size(); i++) {
					results.set(i, (results.get(i) != null) ? results.get(i)
							: PublishResult.failed(messages.get(i).id(), error));
				}
			}
			else {
				TimeUnit.NANOSECONDS.sleep(wait.toNanos());
			}
		}
		return results.stream().map(Objects::requireNonNull).toList();
	}

	/** One call; answers why some must be sent again, null where none must. */
	private @Nullable UsherException send(List<Integer> batch, List<OutgoingMessage> messages, List<String> json,
			List<@Nullable PublishResult> results) throws InterruptedException {
		UsherException again = null;
		try {
			List<?> answers = call(batch.stream().map(json::get).collect(Collectors.joining(",", "[", "]")),
					batch.size());
			for (int i = 0; i < batch.size(); i++) {
				PublishResult result = PublishResult.of(messages.get(batch.get(i)).id(), (Map<?, ?>) answers.get(i));
				UsherException error = result.error();
				boolean passes = error != null && error.retry() == Retry.RECONNECT;
				again = passes ? error : again;
				results.set(batch.get(i), passes ? null : result);
			}
		}
		catch (UsherException ex) {
			again = ex;
			if (ex.retry() != Retry.RECONNECT) {
				batch.forEach((i) -> results.set(i, PublishResult.failed(messages.get(i).id(), ex)));
				again = null;
			}
		}
		if (again == null) {
			this.backoff.reset();
		}
		return again;
	}

	/** One call with a token, and another where the token was refused. */
	private List<?> call(String body, int size) throws InterruptedException {
		String token = this.tokens.token(null);
		HttpResponse<String> answer = post(body, token);
		if (answer.statusCode() == 401) {
			answer = post(body, this.tokens.token(token));
		}
		if (JsonText.read(answer.body()) instanceof Map<?, ?> map && map.get("results") instanceof List<?> results
				&& results.size() == size) {
			return results;
		}
		throw UsherException.of(answer);
	}

	private HttpResponse<String> post(String body, String token) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.url)
			.timeout(TIMEOUT)
			.header("Authorization", "Bearer " + token)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		try {
			return this.http.send(request, BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UsherException("unreachable", "The gateway could not be reached: " + ex);
		}
	}

}
