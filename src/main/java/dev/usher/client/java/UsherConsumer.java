package dev.usher.client.java;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.usher.client.java.UsherException.Retry;
import org.jspecify.annotations.Nullable;

/**
 * Reads one destination on a connection of its own, which it keeps: after an outage it
 * comes back and goes on behind what was handled. Handlers run on its thread, one message
 * at a time. Any thread may call its methods.
 */
public final class UsherConsumer implements AutoCloseable {

	/** How many live messages wait for the handler; of more all that wait are missed. */
	private static final int WAITING = 1000;

	/** A connection that stood so long was a success. */
	private static final long CALM = TimeUnit.SECONDS.toNanos(30);

	/** How long an end may take. */
	static final Duration PATIENCE = Duration.ofSeconds(5);

	private final UsherClient client;

	private final Backoff backoff;

	private final Map<String, String> subscribe;

	private final MessageHandler handler;

	private final boolean stored;

	final Thread thread;

	private final CompletableFuture<Void> ready = new CompletableFuture<>();

	/** What waits for the thread: messages, calls, and all else to wake it. */
	final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

	private final Ledger ledger;

	private volatile @Nullable StompLink link;

	private volatile boolean live;

	private volatile boolean closing;

	private volatile long renewAt;

	private volatile @Nullable String token;

	private @Nullable String refused;

	private @Nullable Instant lostAt;

	private boolean tried;

	private double spread;

	UsherConsumer(UsherClient client, Map<String, String> options, MessageHandler handler) {
		this.client = client;
		this.backoff = client.backoff();
		this.handler = handler;
		String destination = options.getOrDefault("destination", "");
		this.stored = destination.matches("/(user/)?queue/.*");
		this.ledger = new Ledger(
				this.stored && !options.containsKey("durable")
						&& (options.containsKey("offset") || destination.startsWith("/user/")),
				Integer.parseInt(options.getOrDefault("in-flight", "256")));
		this.subscribe = new LinkedHashMap<>(options);
		this.subscribe.putAll(Map.of("id", "s", "receipt", "s", "ack", this.stored ? "client" : "auto"));
		this.thread = UsherClient.thread(this::run, "usher " + destination);
	}

	/**
	 * Completed when the gateway has confirmed for the first time, however often that
	 * fails before; fails with what no further try would mend.
	 */
	public CompletableFuture<Void> ready() {
		return this.ready.copy();
	}

	/** Behind what was handled last of a stored destination; null before it is ready. */
	public @Nullable LogPosition position() {
		return this.ledger.position();
	}

	private void run() {
		Duration wait = Duration.ZERO;
		while (wait != null && !this.closing) {
			try {
				TimeUnit.NANOSECONDS.sleep(wait.toNanos());
				wait = attempt();
			}
			catch (InterruptedException ex) {
				// By close(); any other is of no meaning.
			}
		}
		this.client.consumers.remove(this);
		this.ready.completeExceptionally(new UsherException("closed", "close() was called."));
	}

	/** One connection until its end; answers how long to wait then, null for ever. */
	private @Nullable Duration attempt() throws InterruptedException {
		StompLink current = new StompLink(this::arrived);
		long since = System.nanoTime();
		UsherException error;
		try {
			error = session(current);
		}
		catch (Throwable ex) {
			error = UsherException.of(ex, "internal_error", "Failed: ");
		}
		current.end(error);
		boolean stood;
		synchronized (this) {
			stood = this.live;
			this.link = null;
			this.lostAt = stood ? current.heard : this.lostAt;
			this.live = false;
			// What is stored comes again.
			this.queue.removeIf((each) -> this.stored && each instanceof Handed);
		}
		if (stood && System.nanoTime() - since > CALM) {
			this.backoff.reset();
		}
		return this.closing ? null : plan(error, stood);
	}

	private @Nullable Duration plan(UsherException error, boolean stood) throws InterruptedException {
		boolean other = error.retry() == Retry.REFRESH || error.retry() == Retry.LOGIN;
		this.refused = other ? this.token : null;
		// A newer token may allow less, or the log is gone: the next SUBSCRIBE will tell.
		boolean again = error.retry() == Retry.RECONNECT || error.retry() == Retry.REFRESH
				|| (stood && error.code().equals("forbidden"));
		if (!again && (!other || this.tried)) {
			call(() -> this.handler.ended(error));
			this.ready.completeExceptionally(error);
			return null;
		}
		Duration wait = (other && !this.tried) ? Duration.ZERO : this.backoff.next(error.retryAfter(), this.spread);
		this.tried = this.tried || other;
		call(() -> this.handler.disconnected(error, wait));
		return wait;
	}

	private UsherException session(StompLink current) throws InterruptedException {
		String credential = this.client.tokens.token(this.refused);
		this.token = credential;
		this.renewAt = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
		this.link = current;
		URI url = URI.create(this.client.base.resolve("ws").toString().replaceFirst("^http", "ws"));
		Map<String, String> connected = current.connect(this.client.http, url, credential);
		current.ended.whenComplete((reason, cancelled) -> this.queue.add(current));
		this.tried = false;
		this.spread = Double.parseDouble(connected.getOrDefault("retry-spread", "0"));
		Duration expiresIn = confirmed(connected);
		call(() -> this.handler.connected(connected.getOrDefault("user-name", ""), expiresIn));
		Map<String, String> headers = new LinkedHashMap<>(this.subscribe);
		headers.putAll(this.ledger.start(current));
		current.send("SUBSCRIBE", headers);
		if (!this.stored) {
			current.send("SUBSCRIBE", Map.of("id", "session", "destination", "/user/topic/session"));
		}
		while (!this.closing && !current.ended.isDone()) {
			Object next = this.queue.poll(Ledger.PAUSE, TimeUnit.MILLISECONDS);
			if (next == null) {
				this.ledger.acknowledge();
				next = this.queue.take();
			}
			if (next instanceof Handed handed) {
				ReceivedMessage message = handed.message;
				boolean known = this.ledger.isHandled(message);
				this.ledger.settle(message, known || call(() -> this.handler.handle(message)));
			}
			else if (next instanceof Call task) {
				call(task);
			}
		}
		if (!current.ended.isDone()) {
			this.ledger.acknowledge();
			current.send("DISCONNECT", Map.of());
		}
		return TokenCache.await(current.ended, PATIENCE, "DISCONNECT: ");
	}

	/** The token in use lives so long, the gateway says. */
	private Duration confirmed(Map<String, String> headers) {
		double lifetime = Double.parseDouble(headers.getOrDefault("expires-in", "86400"));
		double before = TokenCache.margin(lifetime) * (0.9 + Math.random() / 5);
		this.client.tokens.confirmed(this.token, lifetime);
		this.renewAt = System.nanoTime() + (long) (Math.max(lifetime - before, 1) * 1e9);
		return Duration.ofMillis((long) (lifetime * 1000));
	}

	/** Called every second: a handler may take its time, and the connection is kept. */
	void tick() {
		StompLink current = this.link;
		if (current == null) {
			return;
		}
		current.watch();
		if (System.nanoTime() - this.renewAt < 0) {
			return;
		}
		this.renewAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
		try {
			String newer = this.client.tokens.token(this.token);
			this.token = newer;
			current.send("SEND",
					Map.of("destination", "/app/auth", "receipt", "auth", "Authorization", "Bearer " + newer));
		}
		catch (Throwable ex) {
			// Whatever it is, the other consumers need this thread.
			UsherException error = UsherException.of(ex, "internal_error", "Failed: ");
			Duration again = (error.retryAfter() != null) ? error.retryAfter() : Duration.ofSeconds(2);
			this.renewAt = System.nanoTime() + again.toNanos();
			if (error.retry() == Retry.LOGIN) {
				current.end(error);
			}
		}
	}

	/** On a thread of the HttpClient, in the order in which the gateway has sent. */
	private synchronized void arrived(StompLink from, StompText frame) {
		Map<String, String> headers = frame.headers();
		String name = headers.getOrDefault("receipt-id", headers.getOrDefault("subscription", ""));
		if (from != this.link) {
			return;
		}
		if (frame.command().equals("MESSAGE") && name.equals("s")) {
			if (!this.stored && this.queue.size() >= WAITING) {
				Instant oldest = this.queue.stream()
					.filter(Handed.class::isInstance)
					.map((each) -> ((Handed) each).came)
					.findFirst()
					.orElse(Instant.now());
				this.queue.removeIf(Handed.class::isInstance);
				missed(oldest, null, null);
			}
			this.queue.add(new Handed(ReceivedMessage.of(frame), Instant.now()));
		}
		else if (name.equals("session")
				&& JsonText.read(new String(frame.body(), StandardCharsets.UTF_8)) instanceof Map<?, ?> notice
				&& notice.get("seconds") instanceof Number seconds) {
			missed(Instant.now().minusSeconds(seconds.longValue()), null, null);
		}
		else if (name.equals("s")) {
			subscribed(headers);
		}
		else if (name.equals("auth")) {
			Duration expiresIn = confirmed(headers);
			tell(() -> this.handler.renewed(expiresIn));
		}
	}

	private void subscribed(Map<String, String> receipt) {
		LogPosition next = LogPosition.of(receipt);
		boolean gone = "false".equals(receipt.get("recovered"));
		if (gone || (!this.stored && this.lostAt != null)) {
			missed((this.lostAt != null) ? this.lostAt : Instant.now(), this.ledger.position(), next);
		}
		if (next != null && (gone || this.ledger.position() == null)) {
			this.ledger.moved(next);
		}
		this.lostAt = null;
		this.live = true;
		tell(() -> this.ready.complete(null));
	}

	private void missed(Instant from, @Nullable LogPosition last, @Nullable LogPosition next) {
		Instant to = Instant.now();
		tell(() -> this.handler.missed(from, to, last, next));
	}

	private void tell(Call task) {
		this.queue.add(task);
	}

	/** Says whether it went well; a failure is logged, and does no other harm. */
	private boolean call(Call own) throws InterruptedException {
		try {
			own.run();
			return true;
		}
		catch (Throwable ex) {
			if (this.closing && ex instanceof InterruptedException interrupt) {
				throw interrupt;
			}
			System.getLogger("dev.usher.client.java").log(System.Logger.Level.WARNING, "A handler failed.", ex);
			return false;
		}
	}

	/**
	 * Takes no further message, waits for the handler that runs and for its ACK, 5 s at
	 * most, then interrupts it. What is not acknowledged comes again to whoever reads
	 * next.
	 */
	@Override
	public void close() {
		leave();
		await(System.nanoTime() + PATIENCE.toNanos());
	}

	void leave() {
		this.closing = true;
		this.queue.add(this);
		if (!this.live) {
			this.thread.interrupt();
		}
	}

	/** Until then by {@link System#nanoTime()}. */
	void await(long deadline) {
		try {
			if (Thread.currentThread() != this.thread) {
				this.thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
				this.thread.interrupt();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** What is the application's own, and may fail. */
	private interface Call {

		void run() throws Exception;

	}

	private record Handed(ReceivedMessage message, Instant came) {

	}

}
