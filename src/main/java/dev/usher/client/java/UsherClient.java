package dev.usher.client.java;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Publishes to a gateway and reads from it, as one user or service. Any thread may call
 * its methods. Its own threads are daemons: one for each consumer and one that watches
 * them, which {@link #close()} ends, and one while a token is asked for.
 */
public final class UsherClient implements AutoCloseable {

	final HttpClient http;

	final URI base;

	final TokenCache tokens;

	final Set<UsherConsumer> consumers = ConcurrentHashMap.newKeySet();

	private final Builder options;

	private final ScheduledExecutorService timer;

	private UsherClient(Builder options, TokenCache.Source source) {
		this.options = options;
		this.base = options.base;
		this.http = options.http;
		this.tokens = new TokenCache(source);
		this.timer = Executors.newSingleThreadScheduledExecutor((task) -> thread(task, "usher timer"));
		this.timer.scheduleWithFixedDelay(() -> this.consumers.forEach(UsherConsumer::tick), 1, 1, TimeUnit.SECONDS);
	}

	static Thread thread(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Begins to describe a client.
	 * @param url of the gateway, such as {@code https://gateway.example.org}
	 */
	public static Builder at(String url) {
		return new Builder(url);
	}

	Backoff backoff() {
		return new Backoff(this.options.first, this.options.max, Math::random);
	}

	/**
	 * Publishes some, of one call or several, in order; waits until each was taken or
	 * refused. What could not be published for a while is tried again with its id, which
	 * may be behind others, as long as the builder's {@code patience} lasts. One that
	 * failed by then may have been published, if its answer was lost.
	 * @return one result for each, in order; {@link PublishResult#error()} tells which
	 * failed
	 */
	public List<PublishResult> publish(List<OutgoingMessage> messages) throws InterruptedException {
		return new BatchPublisher(this.http, this.base.resolve("api/messages"), this.tokens, backoff(),
				this.options.patience)
			.publish(messages);
	}

	/**
	 * Publishes one.
	 * @throws UsherException if it was not taken
	 */
	public PublishResult publish(OutgoingMessage message) throws InterruptedException {
		PublishResult result = publish(List.of(message)).get(0);
		if (result.error() != null) {
			throw result.error();
		}
		return result;
	}

	/** Reads from now on, or from where its reader stands; see the method below. */
	public UsherConsumer consume(String destination, @Nullable String durable, MessageHandler handler) {
		return consume(destination, durable, null, 256, handler);
	}

	/**
	 * Reads one destination. Returns at once, whatever the state of the gateway.
	 * @param durable a reader whose place the gateway keeps under this name, 1 to 64 of
	 * {@code A-Z a-z 0-9 . _ -}; null for none
	 * @param from where to begin, of a durable reader only where it is new; null for now
	 * @param inFlight how many stored messages may be handed out unacknowledged, 1 to 256
	 * @throws UsherException with {@code bad_destination} for what cannot be subscribed
	 * to, and with {@code closed} after {@link #close()}
	 */
	public UsherConsumer consume(String destination, @Nullable String durable, @Nullable LogPosition from, int inFlight,
			MessageHandler handler) {
		DestinationNames.checkSubscribe(destination);
		check(durable == null || durable.matches("[A-Za-z0-9._-]{1,64}"), "durable is 1 to 64 of A-Z a-z 0-9 . _ -");
		check(inFlight >= 1 && inFlight <= 256, "inFlight is 1 to 256");
		if (this.timer.isShutdown()) {
			throw new UsherException("closed", "close() was called.");
		}
		Map<String, String> headers = new LinkedHashMap<>(Map.of("destination", destination));
		if (durable != null) {
			headers.put("durable", durable);
		}
		if (destination.contains("queue/")) {
			headers.put("in-flight", String.valueOf(inFlight));
		}
		if (from != null) {
			headers.put("offset", String.valueOf(from.offset()));
		}
		if (from != null && !from.epoch().isEmpty()) {
			headers.put("epoch", from.epoch());
		}
		UsherConsumer consumer = new UsherConsumer(this, headers, handler);
		this.consumers.add(consumer);
		consumer.thread.start();
		return consumer;
	}

	private static void check(boolean holds, String text) {
		if (!holds) {
			throw new IllegalArgumentException(text);
		}
	}

	/**
	 * The access token, for other calls of the gateway; a new one where the last is about
	 * to end.
	 * @param refused one that was refused, null for none
	 */
	public String token(@Nullable String refused) throws InterruptedException {
		return this.tokens.token(refused);
	}

	/**
	 * Ends all consumers as {@link UsherConsumer#close()} does, at the same time and
	 * within the same 5 s.
	 */
	@Override
	public void close() {
		long deadline = System.nanoTime() + UsherConsumer.PATIENCE.toNanos();
		this.consumers.forEach(UsherConsumer::leave);
		this.consumers.forEach((each) -> each.await(deadline));
		this.timer.shutdownNow();
	}

	/** What a client needs. */
	public static final class Builder {

		private final URI base;

		private HttpClient http = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(Duration.ofSeconds(10))
			.build();

		private Duration first = Duration.ofMillis(500);

		private Duration max = Duration.ofSeconds(60);

		private Duration patience = Duration.ofSeconds(60);

		private Builder(String url) {
			this.base = URI.create(url.endsWith("/") ? url : url + "/");
			check(url.matches("https?://.+"), "The URL begins with https:// or http://, not " + url);
		}

		/**
		 * An HttpClient of yours, for a proxy, a CA or a client certificate
		 * ({@code SSLContext}); it may not follow redirects, which would take the
		 * credential along.
		 */
		public Builder http(HttpClient own) {
			check(own.followRedirects() == HttpClient.Redirect.NEVER, "The HttpClient may not follow redirects.");
			this.http = own;
			return this;
		}

		/**
		 * How long to wait after a failure where the gateway does not say: at random in a
		 * window that is this wide at first (500 ms) and doubles up to {@code max} (60
		 * s).
		 */
		public Builder backoff(Duration first, Duration max) {
			this.first = first;
			this.max = max;
			return this;
		}

		/** For how long a message is tried again, 60 s by default. */
		public Builder patience(Duration time) {
			this.patience = time;
			return this;
		}

		/** As a service: OAuth 2 client credentials, the token kept and renewed. */
		public UsherClient service(String clientId, String secret) {
			return new UsherClient(this, TokenCache.client(this.http, this.base, clientId, secret));
		}

		/** With tokens of your own identity provider. */
		public UsherClient tokens(TokenSource source) {
			return new UsherClient(this, TokenCache.supplied(source));
		}

	}

}
