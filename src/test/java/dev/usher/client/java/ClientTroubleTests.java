package dev.usher.client.java;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.usher.testing.Await;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TcpProxy;
import dev.usher.testing.TestGateway;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What goes wrong around the client, and what must come of it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientTroubleTests {

	private final TestGateway gateway = SharedGateway.get();

	private static UsherClient.Builder quick(String url) {
		return UsherClient.at(url).backoff(Duration.ofMillis(5), Duration.ofMillis(20));
	}

	private UsherClient client(int port, String user) {
		String token = this.gateway.token(user);
		return quick("http://localhost:" + port).tokens((renew) -> token);
	}

	private static OutgoingMessage message(String text) {
		return OutgoingMessage.text("/topic/a", text).id("1");
	}

	private static void publish(UsherClient client, String to, int from, int until) throws InterruptedException {
		List<PublishResult> results = client.publish(
				IntStream.range(from, until).mapToObj((i) -> OutgoingMessage.text(to, String.valueOf(i))).toList());
		assertThat(results).allMatch((result) -> result.error() == null);
	}

	private static void ready(UsherConsumer consumer) throws Exception {
		consumer.ready().get(60, TimeUnit.SECONDS);
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
	}

	/** As a gateway answers when no message of a call was taken. */
	@Test
	void publishWhenAllFailAlikeThenTheAnswersRetryAfterIsObeyedAndItsIncidentIsTold() throws Exception {
		String answer = "{\"code\":\"storage_unavailable\",\"detail\":\"Away.\",\"incident\":\"a1b2c3d4\",\"results\":"
				+ "[{\"id\":\"1\",\"error\":{\"code\":\"storage_unavailable\",\"message\":\"Away.\"}}]}";
		try (StubGateway stub = new StubGateway((call) -> new StubGateway.Answer(503, 1, answer));
				UsherClient client = quick(stub.url()).patience(Duration.ofMillis(1500)).tokens((renew) -> "t")) {
			assertThatExceptionOfType(UsherException.class).isThrownBy(() -> client.publish(message("x")))
				.satisfies((ex) -> assertThat(ex.incident()).isEqualTo("a1b2c3d4"))
				.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
			assertThat(stub.bodies).hasSizeLessThanOrEqualTo(2);
		}
	}

	@Test
	void publishWhenAllAreRefusedForGoodThenEachHasItsOwnReason() throws Exception {
		String answer = "{\"code\":\"forbidden\",\"detail\":\"None.\",\"results\":["
				+ "{\"id\":\"a\",\"error\":{\"code\":\"forbidden\",\"message\":\"Not a.\"}},"
				+ "{\"id\":\"b\",\"error\":{\"code\":\"forbidden\",\"message\":\"Not b.\"}}]}";
		try (StubGateway stub = new StubGateway((call) -> StubGateway.Answer.of(403, answer));
				UsherClient client = quick(stub.url()).tokens((renew) -> "t")) {
			assertThat(client.publish(List.of(message("x").id("a"), message("y").id("b"))))
				.extracting((result) -> result.error().getMessage())
				.containsExactly("forbidden: Not a.", "forbidden: Not b.");
		}
	}

	/**
	 * The head of an answer and no body: of a call, of a token, of a source of tokens.
	 */
	@Test
	void answerWhenItNeverEndsThenIsGivenUp() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger running = new AtomicInteger();
		List<Integer> atOnce = new CopyOnWriteArrayList<>();
		List<Boolean> interrupts = new CopyOnWriteArrayList<>();
		try (StubGateway stub = new StubGateway((call) -> StubGateway.Answer.of(200, null))) {
			UsherClient.Builder impatient = quick(stub.url()).patience(Duration.ofSeconds(2));
			UsherClient deaf = impatient.tokens((renew) -> {
				atOnce.add(running.incrementAndGet());
				while (release.getCount() > 0) {
					try {
						release.await(90, TimeUnit.SECONDS);
					}
					catch (InterruptedException ex) {
						interrupts.add(true);
					}
				}
				return "late" + running.getAndDecrement();
			});
			List<CompletableFuture<UsherException>> tries = List.of(failure(impatient.tokens((renew) -> "t")),
					failure(impatient.service("a", "b")), failure(deaf));
			for (CompletableFuture<UsherException> each : tries) {
				assertThat(each.get(60, TimeUnit.SECONDS).retry()).isEqualTo(UsherException.Retry.RECONNECT);
			}
			assertThat(interrupts).isNotEmpty();
			// The same source is asked again when it has ended, and not before.
			new Thread(release::countDown).start();
			Awaitility.await().ignoreExceptions().until(() -> deaf.token(null), "late1"::equals);
			assertThat(atOnce).containsExactly(1, 1);
		}
	}

	private static CompletableFuture<UsherException> failure(UsherClient client) {
		return CompletableFuture.supplyAsync(() -> {
			try (client) {
				return client.publish(List.of(message("x"))).get(0).error();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> new Thread(task).start());
	}

	/** Once when the consumer wants a token, and once when it renews it. */
	@Test
	void tokenSourceWhenItFailsWithAnErrorThenIsAskedAgain() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		CountDownLatch renewed = new CountDownLatch(1);
		try (UsherClient client = quick("http://localhost:" + this.gateway.port()).tokens((renew) -> {
			if (asked.incrementAndGet() % 2 == 1) {
				throw new NoClassDefFoundError("as the test wants it");
			}
			return this.gateway.token("java-error", Duration.ofSeconds(3), Map.of());
		})) {
			ready(client.consume("/topic/java-error", null, new MessageHandler() {
				@Override
				public void handle(ReceivedMessage message) {
				}

				@Override
				public void renewed(Duration expiresIn) {
					renewed.countDown();
				}
			}));
			await(renewed);
		}
	}

	/** Each alone may take 5 s; all of them may not take longer. */
	@Test
	void closeWhenManyHandlersHangThenWaitsForAllAtTheSameTime() throws Exception {
		CountDownLatch begun = new CountDownLatch(12);
		CountDownLatch never = new CountDownLatch(1);
		UsherClient client = client(this.gateway.port(), "java-hang");
		for (int i = 0; i < 12; i++) {
			ready(client.consume("/topic/java-hang", null, (message) -> {
				begun.countDown();
				never.await(90, TimeUnit.SECONDS);
			}));
		}
		publish(client, "/topic/java-hang", 0, 1);
		await(begun);
		long since = System.nanoTime();
		client.close();
		assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(40));
	}

	@Test
	void liveMessagesWhenTheHandlerIsSlowThenTheGapBeginsWhereTheOldestCame() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		List<Instant> gaps = new CopyOnWriteArrayList<>();
		try (UsherClient client = client(this.gateway.port(), "java-overflow")) {
			UsherConsumer consumer = client.consume("/topic/java-overflow", null, new MessageHandler() {
				@Override
				public void handle(ReceivedMessage message) throws Exception {
					await(release);
				}

				@Override
				public void missed(Instant from, Instant to, LogPosition last, LogPosition next) {
					gaps.addAll(List.of(from, to));
				}
			});
			ready(consumer);
			publish(client, "/topic/java-overflow", 0, 10);
			Await.within(30, () -> consumer.queue.size() == 9);
			Instant waited = Instant.now();
			publish(client, "/topic/java-overflow", 10, 1005);
			// The notice and the four messages behind it, or all where none was dropped.
			Await.within(30, () -> consumer.queue.size() == 5 || consumer.queue.size() == 1004);
			Instant overflowed = Instant.now();
			release.countDown();
			Await.within(30, () -> !gaps.isEmpty());
			assertThat(gaps.get(0)).isBeforeOrEqualTo(waited);
			assertThat(gaps.get(1)).isBetween(waited, overflowed);
		}
	}

	/** One fails while there is no connection, the next where there is one. */
	@Test
	void unnamedReaderWhenHandlersFailAroundAnOutageThenNothingIsLostOrRepeated() throws Exception {
		List<String> got = new CopyOnWriteArrayList<>();
		Set<String> failed = ConcurrentHashMap.newKeySet();
		try (TcpProxy network = new TcpProxy(this.gateway.port());
				UsherClient writer = client(this.gateway.port(), "java-unnamed");
				UsherClient reader = client(network.port(), "java-unnamed")) {
			ready(reader.consume("/user/queue/a", null, (message) -> {
				boolean first = failed.add(message.text());
				if (message.text().equals("0") && first) {
					network.cut();
					network.mend();
				}
				if (Set.of("0", "1").contains(message.text()) && first) {
					throw new IllegalStateException("as the test wants it");
				}
				got.add(message.text());
			}));
			publish(writer, "/user/java-unnamed/queue/a", 0, 1);
			Await.within(30, () -> got.contains("0"));
			publish(writer, "/user/java-unnamed/queue/a", 1, 4);
			Await.within(30, () -> got.contains("3"));
			network.cut();
			network.mend();
			Await.within(30, () -> got.contains("1"));
			publish(writer, "/user/java-unnamed/queue/a", 4, 5);
			Await.within(30, () -> got.contains("4"));
			assertThat(got).containsExactly("0", "2", "3", "1", "4");
		}
	}

	/** The gateway counts frames; and one that hands out one at a time must not wait. */
	@ParameterizedTest
	@CsvSource({ "256, 1, 299", "1, 300, 300" })
	void acknowledgementsWhenHandlersAreFasterThanMessagesThenAreFewUnlessEachIsWaitedFor(int inFlight, int least,
			int most) throws Exception {
		LinkedBlockingQueue<String> handled = new LinkedBlockingQueue<>();
		try (ScriptedGateway stub = new ScriptedGateway();
				UsherClient client = quick(stub.url()).tokens((renew) -> "t")) {
			ready(client.consume("/user/queue/a", "phone", null, inFlight, (message) -> handled.add(message.text())));
			for (int i = 1; i <= 300; i++) {
				stub.send("MESSAGE\nsubscription:s\nack:%1$s\noffset:%1$s\nepoch:e\n\n%1$s\0".formatted(i));
				assertThat(handled.poll(60, TimeUnit.SECONDS)).isEqualTo(String.valueOf(i));
			}
			Await.within(30, () -> stub.frames.get(stub.frames.size() - 1).matches("(?s)ACK\\n.*\\bid:300\\n.*"));
			assertThat(stub.count("ACK")).isBetween((long) least, (long) most);
		}
	}

	/** What depends on it may take its time, and holds up no other client. */
	@Test
	void readyWhenCompletedThenByTheConsumersOwnThread() throws Exception {
		CountDownLatch depends = new CountDownLatch(1);
		CompletableFuture<String> name = new CompletableFuture<>();
		try (UsherClient client = client(this.gateway.port(), "java-ready")) {
			UsherConsumer consumer = client.consume("/topic/java-ready", null, new MessageHandler() {
				@Override
				public void handle(ReceivedMessage message) {
				}

				@Override
				public void connected(String user, Duration expiresIn) {
					Await.within(30, () -> depends.getCount() == 0);
				}
			});
			consumer.ready().thenRun(() -> name.complete(Thread.currentThread().getName()));
			depends.countDown();
			assertThat(name.get(60, TimeUnit.SECONDS)).isEqualTo("usher /topic/java-ready");
		}
	}

	@Test
	void handlerWhenItThrowsAnInterruptOfItsOwnThenTheMessageComesAgainAndTheConsumerLives() throws Exception {
		List<String> got = new CopyOnWriteArrayList<>();
		AtomicInteger calls = new AtomicInteger();
		try (UsherClient client = client(this.gateway.port(), "java-interrupt")) {
			ready(client.consume("/user/queue/a", "phone", (message) -> {
				if (calls.incrementAndGet() == 1) {
					throw new InterruptedException("as the test wants it");
				}
				got.add(message.text());
			}));
			publish(client, "/user/java-interrupt/queue/a", 0, 2);
			Await.within(30, () -> {
				// What was refused comes again after a while.
				this.gateway.clock().advance(Duration.ofMillis(20));
				return got.size() == 2;
			});
			assertThat(got).containsExactlyInAnyOrder("0", "1");
		}
	}

	@Test
	void clientWhenClosedThenItsConsumeSaysSo() {
		UsherClient client = client(this.gateway.port(), "java-closed");
		client.close();
		assertThatExceptionOfType(UsherException.class).isThrownBy(() -> client.consume("/topic/a", null, (message) -> {
		})).satisfies((ex) -> assertThat(ex.code()).isEqualTo("closed"));
	}

	@Test
	void usernameWhenVeryLongThenTheStackHolds() {
		String name = "a".repeat(200_000);
		assertThat(OutgoingMessage.toUser(name, "queue", "a")).isEqualTo("/user/" + name + "/queue/a");
	}

}
