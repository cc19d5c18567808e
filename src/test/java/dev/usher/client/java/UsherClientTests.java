package dev.usher.client.java;

import java.lang.Thread.State;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TcpProxy;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The client at a real gateway, and at one that is in trouble. What it has in common with
 * usher.js is in {@code scenarios.json}.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UsherClientTests {

	private static final String TAKEN = "{\"results\":[{\"to\":\"/topic/a\",\"id\":\"1\",\"delivered\":3}]}";

	private static final String TOKEN = "{\"access_token\":\"t%d\",\"token_type\":\"Bearer\",\"expires_in\":%d}";

	private final TestGateway gateway = SharedGateway.get();

	private UsherClient client(String user) {
		return client(this.gateway.port(), user);
	}

	private UsherClient client(int port, String user) {
		return quick("http://localhost:" + port).tokens((renew) -> this.gateway.token(user));
	}

	private static UsherClient.Builder quick(String url) {
		return UsherClient.at(url)
			.backoff(Duration.ofMillis(5), Duration.ofMillis(20))
			.patience(Duration.ofSeconds(20));
	}

	private static OutgoingMessage message(String text) {
		return OutgoingMessage.text("/topic/a", text).id("1");
	}

	@Test
	void batchWhenPublishedThenEachMessageHasItsResult() throws Exception {
		try (UsherClient client = client("java-batch")) {
			List<OutgoingMessage> messages = List.of(
					OutgoingMessage.json("/user/java-batch/queue/a", "{\"n\":1.50}").id("own").ttl(Duration.ofHours(1)),
					OutgoingMessage.text("/topic/usher.mine", "not allowed"),
					OutgoingMessage.bytes("/topic/java-batch", new byte[] { 0, -1 }).headers(Map.of("k", "v: \"w\"")));
			List<PublishResult> results = client.publish(messages);
			assertThat(results.get(0).position()).isNotNull();
			assertThat(results.get(0).id()).isEqualTo("own");
			assertThat(results.get(1).error().code()).isEqualTo("forbidden");
			assertThat(results.get(2).delivered()).isZero();
			assertThat(client.publish(messages.get(0)).repeated()).isTrue();
		}
	}

	@Test
	void messageWhenReadThenHasWhatItsPublisherGave() throws Exception {
		LinkedBlockingQueue<ReceivedMessage> got = new LinkedBlockingQueue<>();
		try (UsherClient client = client("java-reader")) {
			client.consume("/user/queue/a", null, got::add).ready().get(30, TimeUnit.SECONDS);
			String to = OutgoingMessage.toUser("java-reader", "queue", "a");
			client
				.publish(OutgoingMessage.bytes(to, new byte[] { 0, -1, 10, 10 }).headers(Map.of("k", "v: \\ \"w\" é")));
			ReceivedMessage message = got.poll(20, TimeUnit.SECONDS);
			assertThat(message.bytes()).containsExactly(0, -1, 10, 10);
			assertThat(message.headers()).containsEntry("k", "v: \\ \"w\" é").containsEntry("sender", "java-reader");
			assertThat(message.position().offset()).isEqualTo(1);
			assertThat(message.sentAt()).isNotNull();
			client.publish(OutgoingMessage.text(to, "Grüße \ud83d\ude00"));
			assertThat(got.poll(20, TimeUnit.SECONDS).text()).isEqualTo("Grüße \ud83d\ude00");
		}
	}

	@Test
	void batchWhenLargeThenGoesOutInSeveralCallsInOrder() throws Exception {
		List<String> got = new CopyOnWriteArrayList<>();
		try (UsherClient client = client("java-large")) {
			UsherConsumer consumer = client.consume("/user/queue/a", "phone", (message) -> got.add(message.text()));
			consumer.ready().get(30, TimeUnit.SECONDS);
			List<OutgoingMessage> messages = IntStream.range(0, 900)
				.mapToObj((i) -> OutgoingMessage.text("/user/java-large/queue/a", String.valueOf(i)))
				.toList();
			assertThat(client.publish(messages)).allSatisfy((result) -> assertThat(result.error()).isNull());
			Await.until(() -> got.size() >= 900);
			assertThat(got).isEqualTo(IntStream.range(0, 900).mapToObj(String::valueOf).toList());
		}
	}

	/** The answer is lost again and again; each message is stored once. */
	@Test
	void publishWhenAnswersAreLostThenIsRepeatedWithTheSameIds() throws Exception {
		List<String> got = new CopyOnWriteArrayList<>();
		try (TcpProxy network = new TcpProxy(this.gateway.port());
				UsherClient reader = client("java-lost");
				UsherClient client = client(network.port(), "java-lost")) {
			reader.consume("/user/queue/a", null, (message) -> got.add(message.text()))
				.ready()
				.get(30, TimeUnit.SECONDS);
			network.holdAnswers();
			ExecutorService pool = Executors.newSingleThreadExecutor();
			Future<PublishResult> result = pool
				.submit(() -> client.publish(OutgoingMessage.text("/user/java-lost/queue/a", "once")));
			Await.until(() -> got.size() == 1);
			network.cut();
			network.mend();
			assertThat(result.get(30, TimeUnit.SECONDS).repeated()).isTrue();
			client.publish(OutgoingMessage.text("/user/java-lost/queue/a", "last"));
			Await.until(() -> got.contains("last"));
			assertThat(got).containsExactly("once", "last");
			pool.shutdownNow();
		}
	}

	@Test
	void publishWhenToldHowLongToWaitThenWaitsThatLongAndSendsTheSame() throws Exception {
		try (StubGateway stub = new StubGateway((call) -> (call == 1)
				? new StubGateway.Answer(503, 1, "{\"code\":\"storage_unavailable\",\"detail\":\"Away.\"}")
				: StubGateway.Answer.of(200, TAKEN)); UsherClient client = quick(stub.url()).tokens((renew) -> "t")) {
			assertThat(client.publish(message("x")).delivered()).isEqualTo(3);
			assertThat(stub.times.get(1) - stub.times.get(0)).isGreaterThanOrEqualTo(990_000_000L);
			assertThat(stub.bodies.get(1)).isEqualTo(stub.bodies.get(0));
		}
	}

	@Test
	void publishWhenOneOfManyFailsForAWhileThenThatAloneIsRepeated() throws Exception {
		String some = "{\"results\":[{\"id\":\"a\",\"offset\":7,\"epoch\":\"e\"},"
				+ "{\"id\":\"b\",\"error\":{\"code\":\"storage_unavailable\",\"message\":\"Away.\"}}]}";
		String rest = "{\"results\":[{\"id\":\"b\",\"offset\":8,\"epoch\":\"e\"}]}";
		try (StubGateway stub = new StubGateway(
				(call) -> StubGateway.Answer.of((call == 1) ? 207 : 200, (call == 1) ? some : rest));
				UsherClient client = quick(stub.url()).tokens((renew) -> "t")) {
			List<PublishResult> results = client.publish(List.of(message("1").id("a"), message("2").id("b")));
			assertThat(results).extracting((result) -> result.position().offset()).containsExactly(7L, 8L);
			assertThat(stub.bodies.get(1)).contains("\"id\":\"b\"").doesNotContain("\"id\":\"a\"");
		}
	}

	@Test
	void publishWhenItNeverGoesThroughThenGivesUpAndSaysWhy() throws Exception {
		try (StubGateway stub = new StubGateway((call) -> StubGateway.Answer.of(502, "<html>Bad gateway</html>"));
				UsherClient client = quick(stub.url()).patience(Duration.ofSeconds(5)).tokens((renew) -> "t")) {
			assertThatExceptionOfType(UsherException.class).isThrownBy(() -> client.publish(message("x")))
				.withMessage("unreachable: The gateway answered 502.");
			assertThat(stub.bodies).hasSizeGreaterThan(1);
		}
	}

	@Test
	void tokenWhenRefusedThenANewOneIsHadOnceAndTheRefusalIsTheAnswer() throws Exception {
		String refusal = "{\"code\":\"unauthorized\",\"detail\":\"Bad token.\",\"incident\":\"a1b2c3d4\"}";
		AtomicInteger tokens = new AtomicInteger();
		try (StubGateway stub = new StubGateway((call) -> StubGateway.Answer.of(401, refusal));
				UsherClient client = quick(stub.url()).tokens((renew) -> "t" + tokens.incrementAndGet())) {
			assertThatExceptionOfType(UsherException.class).isThrownBy(() -> client.publish(message("x")))
				.satisfies((ex) -> assertThat(ex.incident()).isEqualTo("a1b2c3d4"))
				.satisfies((ex) -> assertThat(ex.retry()).isEqualTo(UsherException.Retry.LOGIN));
			assertThat(stub.authorizations).containsExactly("Bearer t1", "Bearer t2");
		}
	}

	@Test
	void tokenWhenManyThreadsNeedOneThenIsAskedForOnce() throws Exception {
		CountDownLatch all = new CountDownLatch(20);
		ExecutorService pool = Executors.newFixedThreadPool(20);
		try (StubGateway stub = new StubGateway((call) -> StubGateway.Answer.of(200, TOKEN.formatted(call, 900)))) {
			TokenCache cache = new TokenCache(
					TokenCache.client(HttpClient.newHttpClient(), URI.create(stub.url() + "/"), "a:b", "ü%"));
			List<Future<String>> tokens = IntStream.range(0, 20).mapToObj((i) -> pool.submit(() -> {
				all.countDown();
				all.await(10, TimeUnit.SECONDS);
				return cache.token(null);
			})).toList();
			for (Future<String> each : tokens) {
				assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("t1");
			}
			assertThat(cache.token("another")).isEqualTo("t1");
			assertThat(cache.token("t1")).isEqualTo("t2");
			assertThat(stub.bodies).hasSize(2).allMatch("grant_type=client_credentials"::equals);
			assertThat(stub.authorizations.get(0)).isEqualTo("Basic "
					+ Base64.getEncoder().encodeToString("a%3Ab:%C3%BC%25".getBytes(StandardCharsets.US_ASCII)));
		}
		finally {
			pool.shutdownNow();
		}
	}

	@Test
	void tokenWhenAboutToEndThenIsRenewedBefore() throws Exception {
		try (StubGateway stub = new StubGateway(
				(call) -> StubGateway.Answer.of(200, TOKEN.formatted(call, (call == 1) ? 0 : 900)))) {
			TokenCache cache = new TokenCache(
					TokenCache.client(HttpClient.newHttpClient(), URI.create(stub.url() + "/"), "a", "b"));
			assertThat(cache.token(null)).isEqualTo("t1");
			assertThat(cache.token(null)).isEqualTo("t2");
			assertThat(cache.token(null)).isEqualTo("t2");
		}
	}

	@Test
	void tokenWhenItHasALineBreakThenIsNoHeader() {
		try (UsherClient client = quick("http://localhost:1").tokens((renew) -> "a\nreceipt:x")) {
			assertThatExceptionOfType(UsherException.class).isThrownBy(() -> client.publish(message("x")))
				.satisfies((ex) -> assertThat(ex.code()).isEqualTo("signed_out"));
		}
	}

	@Test
	void liveMessagesWhenTheHandlerIsSlowThenTheOldestAreMissedAndThatIsTold() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		LinkedBlockingQueue<String> got = new LinkedBlockingQueue<>();
		Set<String> fast = ConcurrentHashMap.newKeySet();
		MessageHandler slow = new MessageHandler() {
			@Override
			public void handle(ReceivedMessage message) throws Exception {
				begun.countDown();
				release.await(60, TimeUnit.SECONDS);
				got.add(message.text());
			}

			@Override
			public void missed(Instant from, Instant to, LogPosition last, LogPosition next) {
				got.add("missed");
			}
		};
		try (UsherClient client = client("java-slow")) {
			UsherConsumer consumer = client.consume("/topic/java-slow", null, slow);
			consumer.ready().get(30, TimeUnit.SECONDS);
			client.consume("/topic/java-slow", null, (message) -> fast.add(message.text()))
				.ready()
				.get(30, TimeUnit.SECONDS);
			List<OutgoingMessage> many = IntStream.range(0, 2500)
				.mapToObj((i) -> OutgoingMessage.text("/topic/java-slow", String.valueOf(i)))
				.toList();
			client.publish(many.get(0));
			assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
			client.publish(many.subList(1, many.size()));
			// Two notices, each of up to a thousand messages, and what came behind them.
			Await.within(30, () -> fast.contains("2499") && consumer.queue.size() == 502);
			release.countDown();
			Await.within(30, () -> got.contains("2499"));
			assertThat(got).hasSizeLessThan(2000).contains("missed");
		}
	}

	@Test
	void closeWhenAHandlerRunsThenWaitsForItAndItsAcknowledgement() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		List<String> got = new CopyOnWriteArrayList<>();
		String to = "/user/java-close/queue/a";
		UsherClient first = client("java-close");
		Thread closing = new Thread(first::close);
		first.consume("/user/queue/a", "phone", (message) -> {
			begun.countDown();
			Await.until(() -> Set.of(State.WAITING, State.TIMED_WAITING).contains(closing.getState()));
			got.add(message.text());
		}).ready().get(30, TimeUnit.SECONDS);
		first.publish(List.of(OutgoingMessage.text(to, "1"), OutgoingMessage.text(to, "2")));
		assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
		closing.start();
		closing.join();
		assertThat(got).containsExactly("1");
		try (UsherClient client = client("java-close")) {
			client.consume("/user/queue/a", "phone", (message) -> got.add(message.text()));
			Await.until(() -> got.size() == 2);
		}
		assertThat(got).containsExactly("1", "2");
	}

	@Test
	void clientsWhenClosedThenLeaveNoThreadBehind() throws Exception {
		Set<Thread> before = selectors();
		for (int i = 0; i < 5; i++) {
			UsherClient client = client("java-threads");
			client.consume("/user/queue/a", null, (message) -> {
			}).ready().get(30, TimeUnit.SECONDS);
			client.consume("/topic/java-threads", null, (message) -> {
			});
			client.close();
			// One that never got through.
			UsherClient away = client(1, "java-threads");
			UsherConsumer consumer = away.consume("/topic/java-threads", null, (message) -> {
			});
			away.close();
			assertThat(consumer.ready()).isCompletedExceptionally();
		}
		Await.until(() -> threads().isEmpty());
		// The JDK ends the threads of a client that nobody holds any more.
		Await.within(60, () -> {
			System.gc();
			Set<Thread> left = selectors();
			left.removeAll(before);
			return left.size() < 5;
		});
	}

	private static Set<Thread> selectors() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().matches("HttpClient-.*Selector.*"))
			.collect(Collectors.toSet());
	}

	private static Set<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.equals("usher timer") || name.endsWith("/java-threads"))
			.collect(Collectors.toSet());
	}

	@ParameterizedTest
	@CsvSource({ "ws://localhost", "localhost:8080", "ftp://localhost" })
	void urlWhenItIsNoneOfAGatewayThenIsRefused(String url) {
		assertThatIllegalArgumentException().isThrownBy(() -> UsherClient.at(url)).withMessageContaining(url);
	}

	@Test
	void optionsWhenTheyCannotBeThenAreRefusedByName() {
		try (UsherClient client = client("java-options")) {
			MessageHandler handler = (message) -> {
			};
			assertThatIllegalArgumentException().isThrownBy(() -> client.consume("/topic/a", "a b", handler))
				.withMessageContaining("durable");
			assertThatIllegalArgumentException().isThrownBy(() -> client.consume("/queue/a", null, null, 0, handler))
				.withMessageContaining("inFlight");
			HttpClient follows = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
			assertThatIllegalArgumentException().isThrownBy(() -> UsherClient.at("http://a").http(follows))
				.withMessageContaining("redirects");
			assertThatIllegalArgumentException().isThrownBy(() -> OutgoingMessage.text("/topic/a", "x").id(""))
				.withMessageContaining("id");
		}
	}

}
