package dev.usher.attack;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.usher.testing.Answer;
import dev.usher.testing.RawWebSocket;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a thousand callers can have a node of 256 MB keep for them, each within every
 * limit of a connection and of a user: what waits for those who do not read, what has not
 * come whole, what is held until it is committed or acknowledged. Each kind for itself,
 * then all at once; {@link Bystanders} are served meanwhile and afterwards.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("alone")
class MemoryAttackIT {

	private static final int THOUSAND = 1000;

	/**
	 * More than the system's buffers take for one connection and its queue on top; of
	 * those who are sent that much there are fewer, or the system runs out first.
	 */
	private static final int FLOOD = 16;

	/** Nearly the largest body that can be published. */
	private static final String LARGE = "x".repeat(250_000);

	/** Nearly the largest frame. */
	private static final String FRAME = "x".repeat(63 * 1024);

	private static final String QUEUE = "/queue/work/large";

	private static final String SMALL_QUEUE = "/queue/work/small";

	/**
	 * What the embedded database and the caches of a warm node may have taken for good.
	 */
	private static final long HEAP = 48 * 1024 * 1024;

	private static Target target;

	private static Footprint before;

	/**
	 * A node that died under one kind of attack is no reason to know nothing of the next.
	 */
	@BeforeEach
	void start() {
		if (target != null && !isWell()) {
			target.stop();
			target = null;
		}
		if (target == null) {
			target = Target.startPlain("256m", "usher.proxies=127.0.0.1");
			target.awaitUp();
			target.connect("first").close();
			IntStream.range(0, 12).forEach((i) -> publish(QUEUE, LARGE));
			IntStream.range(0, 12).forEach((i) -> publish(SMALL_QUEUE, "x"));
			before = Footprint.of(target);
		}
	}

	private static boolean isWell() {
		try {
			return target.process().isAlive() && !target.process().output().contains("OutOfMemory")
					&& target.send(target.request("/actuator/health").timeout(Bystanders.PATIENCE).GET())
						.status() == 200;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@AfterAll
	static void stop() {
		if (target != null) {
			target.stop();
		}
	}

	private static void publish(String to, String body) {
		assertThat(post("{\"to\":\"" + to + "\",\"body\":\"" + body + "\"}").status()).as("status of a publication")
			.isEqualTo(200);
	}

	private static Answer post(String publication) {
		return target.send(target.request("/api/messages")
			.timeout(Duration.ofSeconds(60))
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + Target.token("publisher"))
			.POST(HttpRequest.BodyPublishers.ofString(publication)));
	}

	/** Publishes, each when the bystander has the one before. */
	private static void publishFollowed(Bystanders others, String to, String body, int times) {
		for (int i = 1; i <= times; i++) {
			publish(to, body);
			others.awaitFollowed(i);
		}
	}

	private static StompFrame subscribe(String id, String destination, String... headers) {
		StompFrame frame = StompFrame.of("SUBSCRIBE", "id:" + id, "destination:" + destination);
		frame.headers().putAll(StompClient.headers(headers));
		return frame;
	}

	/** Two hundred subscriptions whose ids nobody else has. */
	private static Consumer<StompClient> subscribing(String destination, String... headers) {
		return (client) -> {
			String own = Integer.toHexString(System.identityHashCode(client)) + "-";
			Crowd.sending(Crowd.together(199, (i) -> subscribe(own + i, destination, headers))).accept(client);
			client.socket()
				.sendBytes(Crowd.together(1, (i) -> StompFrame.of("SEND", "destination:/topic/none", "receipt:done")));
		};
	}

	/** The node is alive, and so is everybody who did nothing wrong. */
	private static void isServed(Bystanders others) {
		others.areStillThere();
		others.areServed();
		assertThat(target.process().isAlive()).as("alive").isTrue();
		assertThat(target.process().output().lines().filter((line) -> line.contains("OutOfMemory"))).isEmpty();
	}

	/** The same, and when the attackers are gone, what they took is free again. */
	private static void isServedThenAndAfter(Bystanders others, Crowd crowd) {
		isServed(others);
		crowd.close();
		Footprint after = Footprint.await(target,
				(now) -> now.heap() < before.heap() + HEAP && now.connections() <= 2 * 3);
		assertThat(after.connections()).as("connections and their sockets").isLessThanOrEqualTo(2 * 3);
		assertThat(after.heap()).as("heap").isLessThan(before.heap() + HEAP);
		isServed(others);
	}

	private static long ended(String reason) {
		Pattern line = Pattern.compile("disconnect .*who=\"" + Crowd.NAME + ".*reason=\"" + reason + "\"");
		return target.process().output().lines().filter((each) -> line.matcher(each).find()).count();
	}

	@Test
	@Order(1)
	void liveMessagesWhenHundredsDoNotReadThenTheyEndAndOthersAreServed() {
		long before = ended("slow_consumer");
		try (Bystanders others = new Bystanders(target, "/topic/a"); Crowd crowd = new Crowd(target)) {
			assertThat(crowd.join(400, (client) -> client.subscribe("s" + client.hashCode(), "/topic/a")))
				.isEqualTo(400);
			publishFollowed(others, "/topic/a", LARGE, FLOOD);
			isServed(others);
			assertThat(ended("slow_consumer")).isGreaterThan(before);
			isServedThenAndAfter(others, crowd);
		}
	}

	@Test
	@Order(2)
	void liveMessagesWhenTwoHundredSubscriptionsOfEachDoNotReadThenTheyEndAndOthersAreServed() {
		long before = ended("slow_consumer");
		try (Bystanders others = new Bystanders(target, "/topic/b"); Crowd crowd = new Crowd(target)) {
			crowd.join(200, subscribing("/topic/b").andThen((client) -> client.expect("RECEIPT")));
			publishFollowed(others, "/topic/b", LARGE, 2);
			isServed(others);
			assertThat(ended("slow_consumer")).isGreaterThan(before);
			isServedThenAndAfter(others, crowd);
		}
	}

	@Test
	@Order(3)
	void storedMessagesWhenTwoHundredReplaysOfEachAreNotReadThenOthersAreServed() {
		try (Bystanders others = new Bystanders(target, "/topic/c"); Crowd crowd = new Crowd(target)) {
			crowd.join(50, subscribing(QUEUE, "offset:0"));
			isServed(others);
			crowd.join(50, subscribing(QUEUE, "offset:0", "ack:client-individual"));
			isServedThenAndAfter(others, crowd);
		}
	}

	/** They read, so that nothing waits for them, and never say that they have read. */
	@Test
	@Order(4)
	void acknowledgementsWhenTheyNeverComeThenOthersAreServed() {
		try (Bystanders others = new Bystanders(target, "/topic/d"); Crowd crowd = new Crowd(target)) {
			crowd.join(10, subscribing("/topic/d", "ack:client").andThen(crowd::drain));
			crowd.join(10, subscribing(SMALL_QUEUE, "offset:0", "ack:client").andThen(crowd::drain));
			publishFollowed(others, "/topic/d", "x", 100);
			isServedThenAndAfter(others, crowd);
		}
	}

	/** A pong of two bytes takes thirty times as much where it waits. */
	@Test
	@Order(5)
	void receiptsAndPongsWhenTheyAreNotReadThenTheirOwnersEndAndOthersAreServed() {
		long before = ended("slow_consumer");
		byte[] pings = new byte[4000 * 6];
		IntStream.range(0, 4000)
			.forEach((i) -> System.arraycopy(RawWebSocket.frame(0x89, new byte[0]), 0, pings, i * 6, 6));
		try (Bystanders others = new Bystanders(target, "/topic/e"); Crowd crowd = new Crowd(target)) {
			crowd.join(200, Crowd.sending(receipts(), pings));
			isServed(others);
			assertThat(ended("slow_consumer")).isGreaterThan(before);
			isServedThenAndAfter(others, crowd);
		}
	}

	private static byte[] receipts() {
		return Crowd.together(800,
				(i) -> StompFrame.of("SEND", "destination:/topic/none", "receipt:" + "r".repeat(4000)));
	}

	@Test
	@Order(7)
	void transactionsWhenAThousandAreFilledThenOverloadedAndOthersAreServed() {
		long before = ended("overloaded");
		try (Bystanders others = new Bystanders(target, "/topic/g"); Crowd crowd = new Crowd(target)) {
			crowd.join(THOUSAND,
					hoarding(8, StompFrame.of("SEND", "destination:/topic/none", "transaction:t").body(FRAME)));
			isServed(others);
			assertThat(ended("overloaded")).isGreaterThan(before);
			isServedThenAndAfter(others, crowd);
		}
	}

	/** No frame of theirs is answered, so that nothing leaves while they do it. */
	@Test
	@Order(8)
	void transactionsWhenFilledWhileNothingElseHappensThenOverloaded() {
		long before = ended("overloaded");
		try (Crowd crowd = new Crowd(target)) {
			crowd.join(THOUSAND / 2, (client) -> {
			});
			crowd.all(hoarding(15, StompFrame.of("SEND", "destination:/topic/none", "transaction:t").body(FRAME)));
			try (Bystanders others = new Bystanders(target, "/topic/l")) {
				isServed(others);
				assertThat(ended("overloaded")).isGreaterThan(before);
				isServedThenAndAfter(others, crowd);
			}
		}
	}

	/** Short headers take twenty times as much in memory as on the wire. */
	@Test
	@Order(9)
	void transactionsWhenFilledWithShortHeadersThenOverloadedAndOthersAreServed() {
		StompFrame frame = StompFrame.of("SEND", "destination:/topic/none", "transaction:t");
		IntStream.range(0, 60).forEach((i) -> frame.headers().put(Integer.toString(i, 36), "%"));
		try (Bystanders others = new Bystanders(target, "/topic/h"); Crowd crowd = new Crowd(target)) {
			crowd.join(100, hoarding(900, frame));
			isServedThenAndAfter(others, crowd);
		}
	}

	private static Consumer<StompClient> hoarding(int frames, StompFrame frame) {
		return Crowd.sending(Crowd.together(1, (i) -> StompFrame.of("BEGIN", "transaction:t")),
				Crowd.together(frames, (i) -> frame));
	}

	@Test
	@Order(10)
	void framesWhenAThousandNeverEndThenOthersAreServed() {
		try (Bystanders others = new Bystanders(target, "/topic/i"); Crowd crowd = new Crowd(target)) {
			crowd.join(THOUSAND / 2, Crowd.sending(half("SEND\ndestination:/topic/none\n\n" + FRAME)));
			crowd.join(THOUSAND / 2, Crowd.sending(half("SEND\n" + wideHeaders(15))));
			isServedThenAndAfter(others, crowd);
		}
	}

	/** One letter that is not of Latin-1 makes every letter of its value two bytes. */
	private static String wideHeaders(int count) {
		StringBuilder headers = new StringBuilder();
		IntStream.range(0, count)
			.forEach((i) -> headers.append(i).append(":\u0416").append("x".repeat(4000)).append('\n'));
		return headers.toString();
	}

	private static byte[] half(String frame) {
		return RawWebSocket.frame(0x01, frame.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	@Order(11)
	void strangersWhenAThousandSendWhatTheyMayThenOthersAreServed() {
		try (Bystanders others = new Bystanders(target, "/topic/j"); Crowd crowd = new Crowd(target)) {
			assertThat(
					crowd.gather(THOUSAND, Crowd.sending(half("CONNECT\n" + wideHeaders(3) + "a:" + "x".repeat(3000)))))
				.isEqualTo(THOUSAND);
			isServedThenAndAfter(others, crowd);
		}
	}

	@Test
	@Order(12)
	void everythingWhenItComesAtOnceThenOthersAreServed() {
		try (Bystanders others = new Bystanders(target, "/topic/k"); Crowd crowd = new Crowd(target)) {
			crowd.join(150, (client) -> client.subscribe("s" + client.hashCode(), "/topic/k"));
			crowd.join(50, subscribing("/topic/k", "ack:client"));
			crowd.join(50, subscribing(QUEUE, "offset:0"));
			crowd.join(200, Crowd.sending(half("SEND\n" + wideHeaders(15))));
			crowd.join(200, hoarding(8, StompFrame.of("SEND", "destination:/topic/none", "transaction:t").body(FRAME)));
			crowd.join(100, Crowd.sending(receipts()));
			crowd.gather(100, Crowd.sending(half("CONNECT\n" + wideHeaders(3))));
			publishFollowed(others, "/topic/k", LARGE, FLOOD);
			isServedThenAndAfter(others, crowd);
		}
	}

	/** Each is ten bytes of a request, and would be a hundred of memory. */
	@Test
	@Order(13)
	void publicationsWhenTheyHaveAMillionMembersThenRefusedAndOthersAreServed() {
		String names = IntStream.range(0, 850_000)
			.mapToObj((i) -> "\"" + Integer.toString(i, 36) + "\":0")
			.collect(Collectors.joining(",", "{", "}"));
		try (Bystanders others = new Bystanders(target, "/topic/m"); Crowd crowd = new Crowd(target)) {
			List<CompletableFuture<Integer>> statuses = IntStream.range(0, 8)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> post(names).status()))
				.toList();
			assertThat(statuses).allSatisfy((status) -> assertThat(status.join()).isIn(400, 503));
			isServedThenAndAfter(others, crowd);
		}
	}

}
