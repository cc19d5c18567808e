package dev.usher.monitoring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.StompClient;
import dev.usher.testing.TestGateway;

/** Some of all that clients do, again and again until it is closed. */
final class Traffic implements AutoCloseable {

	private final ScheduledExecutorService rounds = Executors.newSingleThreadScheduledExecutor();

	private final HttpClient http = HttpClient.newHttpClient();

	private final TestGateway gateway;

	private final StompClient reader;

	private final StompClient publisher;

	private volatile Throwable failure;

	private Traffic(TestGateway gateway) {
		this.gateway = gateway;
		this.reader = gateway.connect("alice");
		this.reader.subscribe("live", "/user/topic/news");
		this.reader.subscribe("shared", "/topic/news");
		this.reader.subscribe("stored", "/user/queue/orders");
		this.reader.subscribe("work", "/queue/work");
		this.publisher = gateway.connect("bob");
		this.rounds.scheduleWithFixedDelay(this::round, 0, 300, TimeUnit.MILLISECONDS);
	}

	static Traffic through(TestGateway gateway) {
		return new Traffic(gateway);
	}

	private void round() {
		try {
			for (String destination : new String[] { "/user/alice/topic/news", "/topic/news",
					"/user/alice/queue/orders", "/queue/work" }) {
				this.publisher.publish(destination, "hello");
				this.reader.expect("MESSAGE");
			}
			post("/api/messages", this.gateway.token("carol"), """
					[{"to": "/user/alice/queue/orders", "body": "hello"}, {"to": "/nowhere", "body": "hello"}]""");
			this.reader.expect("MESSAGE");
			post("/api/messages", this.gateway.token("carol") + "x", "{}");
			post("/auth/login", null, """
					{"username": "nobody", "password": "wrong"}""");
			this.gateway.connect("dan").close();
		}
		catch (Throwable ex) {
			this.failure = ex;
			throw ex;
		}
	}

	private void post(String path, String token, String body) {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.gateway.port() + path))
			.timeout(Duration.ofSeconds(20))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (token != null) {
			request.header("Authorization", "Bearer " + token);
		}
		try {
			this.http.send(request.build(), BodyHandlers.discarding());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Why it stopped by itself, or null while it goes on. */
	Throwable failure() {
		return this.failure;
	}

	@Override
	public void close() {
		this.rounds.shutdownNow();
		this.reader.close();
		this.publisher.close();
	}

}
