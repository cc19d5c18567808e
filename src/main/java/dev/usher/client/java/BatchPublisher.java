package dev.usher.client.java;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.usher.client.java.UsherException.Retry;

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
		List<String> json = messages.stream().map(OutgoingMessage::toJson).toList();
		Map<Integer, PublishResult> results = new TreeMap<>();
		List<Integer> open = new ArrayList<>(IntStream.range(0, json.size()).boxed().toList());
		while (!open.isEmpty()) {
			List<Integer> batch = open.subList(0, fitting(open, json));
			List<PublishResult> answers = send(batch, messages, json);
			UsherException again = null;
			for (int i = 0; i < answers.size(); i++) {
				UsherException error = answers.get(i).error();
				if (error != null && error.retry() == Retry.RECONNECT) {
					again = error;
				}
				else {
					results.put(batch.get(i), answers.get(i));
				}
			}
			batch.removeIf(results::containsKey);
			if (again == null) {
				this.backoff.reset();
				continue;
			}
			Duration wait = this.backoff.next(again.retryAfter(), 0);
			if (System.nanoTime() + wait.toNanos() - deadline > 0) {
				for (int i : open) {
					results.put(i, PublishResult.failed(messages.get(i).id(), again));
				}
				break;
			}
			TimeUnit.NANOSECONDS.sleep(wait.toNanos());
		}
		return List.copyOf(results.values());
	}

	/** How many of them go out in one call. */
	private static int fitting(List<Integer> open, List<String> json) {
		int size = 1;
		int length = json.get(open.get(0)).length();
		while (size < Math.min(MESSAGES, open.size()) && length + json.get(open.get(size)).length() <= LENGTH) {
			length += json.get(open.get(size++)).length();
		}
		return size;
	}

	private List<PublishResult> send(List<Integer> batch, List<OutgoingMessage> messages, List<String> json)
			throws InterruptedException {
		try {
			List<?> answers = call(batch.stream().map(json::get).collect(Collectors.joining(",", "[", "]")),
					batch.size());
			return IntStream.range(0, batch.size())
				.mapToObj((i) -> PublishResult.of(messages.get(batch.get(i)).id(), (Map<?, ?>) answers.get(i)))
				.toList();
		}
		catch (UsherException ex) {
			return batch.stream().map((i) -> PublishResult.failed(messages.get(i).id(), ex)).toList();
		}
	}

	/** One call with a token, and another where the token was refused. */
	private List<?> call(String body, int size) throws InterruptedException {
		String token = this.tokens.token(null);
		HttpResponse<String> answer = post(body, token);
		if (answer.statusCode() == 401) {
			answer = post(body, this.tokens.token(token));
		}
		// What says when to come back says it of all messages, in its head.
		boolean later = answer.statusCode() >= 500 || answer.statusCode() == 429;
		if (!later && JsonText.read(answer.body()) instanceof Map<?, ?> map
				&& map.get("results") instanceof List<?> results && results.size() == size) {
			return results;
		}
		throw UsherException.of(answer);
	}

	private HttpResponse<String> post(String body, String token) throws InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.url)
			.header("Authorization", "Bearer " + token)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		return TokenCache.await(this.http.sendAsync(request, BodyHandlers.ofString()), TIMEOUT,
				"The gateway could not be reached: ");
	}

}
