package dev.usher.socket;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestTls;
import dev.usher.testing.ThreadDump;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway with stored messages for one user, and with somebody else who looks whether
 * they are still served.
 */
final class WatchedGateway {

	/** Stored destinations of the one user. */
	static final int LOGS = 4;

	/** Messages stored in each, and no more are kept. */
	static final int KEPT = 300;

	/** What takes longer hangs. */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** Long for one request, and over before the next. */
	private static final Duration BRIEF = Duration.ofSeconds(5);

	private static final long LONGEST_HOLD_UP = TimeUnit.MILLISECONDS.toNanos(1);

	static final String READER = "reader";

	private static final Duration ALL_THE_TIME = Duration.ofDays(1);

	private final boolean tls;

	private final TestGateway gateway;

	private final HttpClient http;

	private StompClient publisher;

	private StompClient other;

	private int served;

	WatchedGateway(boolean tls) {
		this.tls = tls;
		List<String> properties = new ArrayList<>(
				List.of("usher.connect.frames-per-second=0", "usher.connect.bytes-per-second=0",
						"usher.inbox.keep-count=" + KEPT, "usher.drain=0s", "usher.issuers[0].roles=user,admin"));
		if (tls) {
			properties.addAll(List.of(TestTls.properties()));
		}
		this.gateway = TestGateway.start(properties.toArray(String[]::new));
		this.http = HttpClient.newBuilder().sslContext(TestTls.client().context()).connectTimeout(PATIENCE).build();
	}

	void open() {
		this.publisher = connect(token("publisher", ALL_THE_TIME, Map.of()));
		this.other = connect(token("other", ALL_THE_TIME, Map.of()));
		this.other.subscribe("o", "/user/queue/service");
		for (int i = 0; i < KEPT * LOGS; i++) {
			publish(i % LOGS);
		}
		this.publisher.expectNothing();
	}

	String token(String user, Duration life, Map<String, Object> claims) {
		return this.gateway.token(user, life, claims);
	}

	/** Moves the clock, which stands still otherwise. */
	void advance(Duration by) {
		this.gateway.clock().advance(by);
	}

	/**
	 * Holds threads of the gateway up where they look at the time, now and then and for
	 * less than a millisecond: whoever holds a lock meanwhile meets others who want it,
	 * however few processors there are.
	 */
	void holdUp(boolean begin) {
		Thread test = Thread.currentThread();
		this.gateway.clock().whenRead(() -> {
			if (begin && Thread.currentThread() != test && ThreadLocalRandom.current().nextInt(4) == 0) {
				LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_HOLD_UP));
			}
		});
	}

	StompClient connect(String token) {
		int port = this.gateway.port();
		RawWebSocket socket = (this.tls) ? RawWebSocket.openSecure(port, "/ws", Map.of(), 0)
				: RawWebSocket.open(port, "/ws", Map.of());
		socket.patience(PATIENCE);
		StompClient client = new StompClient(socket);
		client.sendConnect(token).expect("CONNECTED");
		return client;
	}

	/**
	 * Publishes one more to a stored destination of the reader, and waits for nothing.
	 */
	void publish(int log) {
		this.publisher.publish("/user/" + READER + "/queue/log" + log, "x".repeat(20));
	}

	/** Revokes what the JSON names; the caller goes on meanwhile. */
	CompletableFuture<Void> revoke(String json) {
		String admin = token("root", BRIEF, Map.of("roles", List.of("admin")));
		HttpRequest request = request("/admin/revocations").header("Authorization", "Bearer " + admin)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(json))
			.build();
		return this.http.sendAsync(request, BodyHandlers.ofString())
			.thenAccept((answer) -> assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201));
	}

	private HttpRequest.Builder request(String path) {
		String scheme = (this.tls) ? "https" : "http";
		return HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + this.gateway.port() + path))
			.timeout(PATIENCE);
	}

	/** Sees somebody else get a stored message, and the gateway say that it is well. */
	void expectService(String when) {
		String body = when + " " + this.served++;
		this.publisher.publish("/user/other/queue/service", body);
		StompFrame message = this.other.expect("MESSAGE");
		assertThat(message.text()).isEqualTo(body);
		try {
			HttpResponse<String> ready = this.http.send(request("/actuator/health/readiness").build(),
					BodyHandlers.ofString());
			assertThat(ready.body()).contains("\"UP\"");
		}
		catch (IOException ex) {
			throw new AssertionError("no answer whether it is ready", ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** A gateway whose threads hang may never stop; its test ends all the same. */
	void close() throws InterruptedException, ExecutionException {
		try {
			CompletableFuture.runAsync(this.gateway::close).get(15, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			System.err.println("The gateway does not stop. " + ThreadDump.ofOurs());
		}
	}

}
