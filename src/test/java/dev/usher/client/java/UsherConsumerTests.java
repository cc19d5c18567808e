package dev.usher.client.java;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TcpProxy;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How a consumer keeps its connection, at a real gateway. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsherConsumerTests {

	private final TestGateway gateway = SharedGateway.get();

	private UsherClient.Builder at(int port) {
		return UsherClient.at("http://localhost:" + port).backoff(Duration.ofMillis(5), Duration.ofMillis(20));
	}

	/**
	 * Messages are handled, refused and acknowledged while the network breaks again and
	 * again: each is handled with success, and once.
	 */
	@Test
	void cutsWhenHandlersFailTooThenEachMessageIsHandledOnce() throws Exception {
		int messages = 400;
		String token = this.gateway.token("java-cuts");
		Set<String> refused = ConcurrentHashMap.newKeySet();
		List<String> done = new CopyOnWriteArrayList<>();
		Random random = new Random(11);
		try (TcpProxy network = new TcpProxy(this.gateway.port());
				UsherClient writer = at(this.gateway.port()).tokens((renew) -> token);
				UsherClient reader = at(network.port()).tokens((renew) -> token)) {
			reader.consume("/user/queue/a", "phone", (message) -> {
				int number = Integer.parseInt(message.text());
				if (number % 9 == 0 && refused.add(message.text())) {
					throw new IllegalStateException("not yet");
				}
				done.add(message.text());
				if (random.nextInt(25) == 0) {
					network.cut();
					network.mend();
				}
			}).ready().get(30, TimeUnit.SECONDS);
			writer.publish(IntStream.range(0, messages)
				.mapToObj((i) -> OutgoingMessage.text("/user/java-cuts/queue/a", String.valueOf(i)))
				.toList());
			Await.within(60, () -> {
				// What was refused comes again after a while.
				this.gateway.clock().advance(Duration.ofMillis(20));
				return Set.copyOf(done).size() == messages;
			});
			assertThat(done).hasSize(messages);
		}
	}

	/**
	 * Neither side is told; the gateway's beats are missing, for twice ten seconds. What
	 * was published meanwhile is within the gap.
	 */
	@Test
	void networkWhenItGoesSilentThenTheConnectionIsGivenUpAndAnotherTakesItsPlace() throws Exception {
		List<String> lost = new CopyOnWriteArrayList<>();
		List<Instant> missed = new CopyOnWriteArrayList<>();
		String token = this.gateway.token("java-silent");
		try (TcpProxy network = new TcpProxy(this.gateway.port());
				UsherClient writer = at(this.gateway.port()).tokens((renew) -> token);
				UsherClient client = at(network.port()).tokens((renew) -> token)) {
			AtomicInteger connected = new AtomicInteger();
			client.consume("/topic/java-silent", null, new MessageHandler() {
				@Override
				public void handle(ReceivedMessage message) {
				}

				@Override
				public void connected(String user, Duration expiresIn) {
					connected.incrementAndGet();
				}

				@Override
				public void disconnected(UsherException error, Duration wait) {
					lost.add(error.code());
					network.mend();
				}

				@Override
				public void missed(Instant from, Instant to, LogPosition last, LogPosition next) {
					missed.add(from);
				}
			}).ready().get(30, TimeUnit.SECONDS);
			network.hold();
			writer.publish(OutgoingMessage.text("/topic/java-silent", "nobody hears it"));
			Instant published = Instant.now();
			Await.within(60, () -> connected.get() == 2 && !missed.isEmpty());
			assertThat(missed.get(0)).isBeforeOrEqualTo(published);
			assertThat(lost.get(0)).isEqualTo("heartbeat_lost");
		}
	}

	@Test
	void tokenWhenExpiredAtConnectThenANewOneIsHadAtOnce() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		List<Boolean> reasons = new CopyOnWriteArrayList<>();
		try (UsherClient client = at(this.gateway.port()).tokens((renew) -> {
			reasons.add(renew);
			return this.gateway.token("java-expired", Duration.ofMinutes((asked.incrementAndGet() == 1) ? -5 : 5),
					Map.of());
		})) {
			client.consume("/user/queue/a", null, (message) -> {
			}).ready().get(30, TimeUnit.SECONDS);
			assertThat(reasons).containsExactly(false, true);
		}
	}

	@Test
	void tokenWhenNoneIsGoodThenASecondOneIsTriedAndTheConsumerEnds() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		try (UsherClient client = at(this.gateway.port()).tokens((renew) -> "no.token." + asked.incrementAndGet())) {
			UsherConsumer consumer = client.consume("/user/queue/a", null, (message) -> {
			});
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> consumer.ready().get(30, TimeUnit.SECONDS))
				.satisfies((ex) -> assertThat(((UsherException) ex.getCause()).code()).isEqualTo("unauthorized"))
				.satisfies((ex) -> assertThat(((UsherException) ex.getCause()).incident()).hasSize(8));
			assertThat(asked).hasValue(2);
		}
	}

	@Test
	void userWhenRevokedThenTheConsumerSaysSoAndEnds() throws Exception {
		List<String> ended = new CopyOnWriteArrayList<>();
		String token = this.gateway.token("java-revoked");
		try (UsherClient client = at(this.gateway.port()).tokens((renew) -> token)) {
			client.consume("/user/queue/a", null, new MessageHandler() {
				@Override
				public void handle(ReceivedMessage message) {
				}

				@Override
				public void ended(UsherException error) {
					ended.add(error.code());
				}
			}).ready().get(30, TimeUnit.SECONDS);
			this.gateway.clock().advance(Duration.ofSeconds(1));
			revoke("java-revoked");
			Await.until(() -> !ended.isEmpty());
			assertThat(ended).containsExactly("revoked");
			Await.until(client.consumers::isEmpty);
		}
	}

	private void revoke(String user) throws Exception {
		String admin = this.gateway.token("java-admin", Duration.ofMinutes(15), Map.of("roles", List.of("admin")));
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.gateway.port() + "/admin/revocations"))
			.header("Authorization", "Bearer " + admin)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"username\":\"" + user + "\"}"))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
	}

	@Test
	void handshakeWhenRefusedForAWhileThenItsRetryAfterIsObeyed() throws Exception {
		try (StubGateway stub = new StubGateway((call) -> new StubGateway.Answer(503, 1, "{\"code\":\"draining\"}"));
				UsherClient client = UsherClient.at(stub.url())
					.backoff(Duration.ofMillis(5), Duration.ofMillis(20))
					.tokens((renew) -> "t")) {
			client.consume("/user/queue/a", null, (message) -> {
			});
			Await.until(() -> stub.times.size() >= 3);
			assertThat(stub.times.get(1) - stub.times.get(0)).isGreaterThanOrEqualTo(990_000_000L);
			assertThat(stub.times.get(2) - stub.times.get(1)).isGreaterThanOrEqualTo(990_000_000L);
		}
	}

	@Test
	void positionWhenGivenThenIsWhereItBegins() throws Exception {
		List<String> got = new CopyOnWriteArrayList<>();
		String token = this.gateway.token("java-from");
		try (UsherClient client = at(this.gateway.port()).tokens((renew) -> token)) {
			List<PublishResult> results = client.publish(List.of("a", "b", "c")
				.stream()
				.map((text) -> OutgoingMessage.text("/user/java-from/queue/a", text))
				.toList());
			client.consume("/user/queue/a", null, LogPosition.FIRST, 256, (message) -> got.add(message.text()));
			Await.until(() -> got.size() == 3);
			client.consume("/user/queue/a", null, results.get(1).position(), 1, (message) -> got.add(message.text()));
			Await.until(() -> got.size() == 4);
			assertThat(got).containsExactly("a", "b", "c", "c");
		}
	}

}
