package dev.usher.messaging;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.Await;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import extension.Extension;
import extension.Greetings;
import extension.Visits;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** Methods of an extension under {@code /app/}. */
class HandlerTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private final Greetings greetings = gateway.bean(Greetings.class);

	private static StompFrame frame(String destination, String body, String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.add("destination:" + destination);
		return StompFrame.of("SEND", all.toArray(String[]::new)).body(body);
	}

	@Test
	void methodWhenSentToThenItAnswersItsCaller() {
		try (StompClient client = gateway.connect("hal"); StompClient other = gateway.connect("ben")) {
			client.subscribe("1", "/user/topic/greetings");
			other.subscribe("1", "/user/topic/greetings");
			client.send(frame("/app/greet/you", "{\"greetingText\":\"Hi\"}"));
			StompFrame answer = client.expect("MESSAGE");
			assertThat(answer.text()).isEqualTo("{\"greetingText\":\"Hi you from hal of null Caller null\"}");
			assertThat(answer.header("content-type")).isEqualTo("application/json");
			other.expectNothing();
		}
	}

	@Test
	void methodWhenItSendsToATopicThenAllGetItAndTheReceiptComesBehind() {
		try (StompClient client = gateway.connect("hal")) {
			client.subscribe("1", "/topic/all");
			client.send(frame("/app/all", "text", "mood:good", "receipt:7"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("text good");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("7");
		}
	}

	@Test
	void methodWhenItAnswersOneSessionThenNoOtherGetsIt() {
		try (StompClient one = gateway.connect("hal"); StompClient two = gateway.connect("hal")) {
			one.subscribe("1", "/user/queue/alone");
			two.subscribe("1", "/user/queue/alone");
			one.receipt(StompFrame.of("SEND", "destination:/topic/nobody"));
			one.send(frame("/app/alone", "x"));
			assertThat(one.expect("MESSAGE").text()).isEqualTo("alone x");
			two.expectNothing();
		}
	}

	@Test
	void subscriptionWhenAMethodIsMappedThenItIsAnsweredOnceAndDirectly() {
		try (StompClient client = gateway.connect("hal")) {
			client.send("SUBSCRIBE", "id:s", "destination:/app/snapshot/5", "receipt:1");
			StompFrame answer = client.expect("MESSAGE");
			assertThat(answer.header("subscription")).isEqualTo("s");
			assertThat(answer.header("destination")).isEqualTo("/app/snapshot/5");
			assertThat(answer.text()).isEqualTo("{\"greetingText\":\"snapshot 5\"}");
			client.expect("RECEIPT");
			client.sendAndWait("UNSUBSCRIBE", "id:s");
			client.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/unknown", "/app/greet", "/app/greet/a/b", "/app/snapshot/5" })
	void sendWhenNoMethodIsMappedThenItIsRefusedAndToldSo(String destination) {
		assertRefused(StompFrame.of("SEND", "destination:" + destination),
				"No method takes a SEND to this destination.");
		assertCommitRefused(destination, "No method takes a SEND to this destination.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/all", "/app/unknown", "/app/ping" })
	void subscribeWhenNoMethodIsMappedThenItIsRefusedAndToldSo(String destination) {
		assertRefused(StompFrame.of("SUBSCRIBE", "id:1", "destination:" + destination),
				"No method takes a SUBSCRIBE to this destination.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/greet/{name}", "/app/greet/%2e", "/app/greet/a%2Fb", "/app/greet/\u00fcn\u00ef",
			"/app/greet/a b", "/app/greet/**", "/app/snapshot/*", "/app/greet/..", "/app//all", "/app/" })
	void nameWhenItHasOtherCharactersThenItIsRefusedAndToldWhichThereMayBe(String destination) {
		String sentence = "What follows /app/ is made of letters, digits, '.', '_', '-' and '/'";
		assertRefused(StompFrame.of("SEND", "destination:" + destination), sentence);
		assertCommitRefused(destination, sentence);
		assertRefused(StompFrame.of("SUBSCRIBE", "id:1", "destination:" + destination), sentence);
	}

	@Test
	void authWhenItHasNoCredentialThenItIsRefusedAndToldWhichItNeeds() {
		assertRefused(StompFrame.of("SEND", "destination:/app/auth"),
				"SEND to /app/auth needs the header Authorization or ticket.");
	}

	private static void assertRefused(StompFrame frame, String sentence) {
		try (StompClient client = gateway.connect("hal")) {
			client.send(frame);
			assertThat(client.expectError("bad_frame", 4500).header("message")).startsWith(sentence);
		}
	}

	private static void assertCommitRefused(String destination, String sentence) {
		try (StompClient client = gateway.connect("hal")) {
			client.send("BEGIN", "transaction:t");
			client.send("SEND", "transaction:t", "destination:" + destination);
			client.send("COMMIT", "transaction:t");
			assertThat(client.expectError("bad_frame", 4500).header("message")).startsWith(sentence);
		}
	}

	@Test
	void commandsWhenThereAreMethodsThenTheyAreStillTheGateways() {
		try (StompClient client = gateway.connect("hal")) {
			assertThatNoException().isThrownBy(() -> client.sendAndWait("SEND", "destination:/app/ping"));
		}
	}

	@Test
	void methodWhenARuleNamesItThenOnlyThoseItAllowsMaySend() {
		String admin = gateway.token("root", java.time.Duration.ofMinutes(5), Map.of("roles", List.of("admin")));
		try (StompClient client = StompClient.connect(gateway.port(), admin)) {
			client.subscribe("1", "/topic/all");
			client.send(frame("/app/admin/secret", ""));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("secret");
		}
		try (StompClient client = gateway.connect("hal")) {
			client.send(frame("/app/admin/secret", "", "receipt:7"));
			client.expectError("forbidden", 4504);
		}
		try (StompClient client = gateway.connect("hal")) {
			client.send("BEGIN", "transaction:t");
			client.send(frame("/app/admin/secret", "", "transaction:t"));
			client.send("COMMIT", "transaction:t");
			client.expectError("forbidden", 4504);
		}
	}

	@Test
	void exceptionWhenHandledThenItsHandlerAnswers() {
		try (StompClient client = gateway.connect("hal")) {
			client.subscribe("1", "/user/topic/errors");
			client.send(frame("/app/handled", "", "receipt:7"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("handled: for the caller");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("7");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/fail", "/app/greet/you", "/app/all" })
	void exceptionWhenNobodyHandlesItThenTheReceiptIsWithheldAndTheConnectionGoesOn(String destination) {
		try (StompClient client = gateway.connect("hal")) {
			client.send(frame(destination, "{ no json", "receipt:never", "content-type:application/json"));
			client.send(frame("/app/order", "behind", "receipt:8"));
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("8");
			client.expectNothing();
		}
	}

	@Test
	void futureWhenReturnedThenTheReceiptWaitsForIt() {
		try (StompClient client = gateway.connect("hal")) {
			client.subscribe("1", "/user/topic/later");
			client.send(frame("/app/later", "", "receipt:7"));
			client.expectNothing();
			this.greetings.later.complete("done");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("done");
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("7");
			client.send(frame("/app/never", "", "receipt:never"));
			this.greetings.never.completeExceptionally(new IllegalStateException("inner"));
			client.expectNothing();
		}
	}

	@Test
	void framesWhenManyComeThenAMethodSeesThemInOrder() {
		this.greetings.order.clear();
		try (StompClient client = gateway.connect("hal")) {
			List<String> sent = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				sent.add("text " + i);
				client.receipt(frame("/app/order", "text " + i));
			}
			assertThat(this.greetings.order).containsExactlyElementsOf(sent);
		}
	}

	@Test
	void transactionWhenCommittedThenTheMethodRuns() {
		this.greetings.order.clear();
		try (StompClient client = gateway.connect("hal")) {
			client.send("BEGIN", "transaction:t");
			client.receipt(frame("/app/order", "held", "transaction:t"));
			assertThat(this.greetings.order).isEmpty();
			client.sendAndWait("COMMIT", "transaction:t");
			assertThat(this.greetings.order).containsExactly("held");
			client.send("BEGIN", "transaction:t");
			client.send(frame("/app/order", "forgotten", "transaction:t"));
			client.sendAndWait("ABORT", "transaction:t");
			assertThat(this.greetings.order).containsExactly("held");
		}
	}

	@Test
	void transactionWhenAMethodFailsThenTheReceiptOfItsCommitIsWithheld() {
		try (StompClient client = gateway.connect("hal")) {
			client.send("BEGIN", "transaction:t");
			client.send(frame("/app/order", "before", "transaction:t"));
			client.send(frame("/app/fail", "", "transaction:t"));
			client.send(frame("/app/order", "behind", "transaction:t"));
			client.send("COMMIT", "transaction:t", "receipt:never");
			client.send(frame("/app/order", "after", "receipt:8"));
			assertThat(client.expect("RECEIPT").header("receipt-id")).isEqualTo("8");
			client.expectNothing();
		}
	}

	@Test
	void beansOfASessionWhenUsedThenEachSessionHasItsOwnUntilItEnds() {
		int before = Visits.destroyed();
		try (StompClient one = gateway.connect("hal"); StompClient two = gateway.connect("ida")) {
			one.subscribe("1", "/user/topic/count");
			two.subscribe("1", "/user/topic/count");
			one.send(frame("/app/count", ""));
			assertThat(one.expect("MESSAGE").text()).isEqualTo("1");
			one.send(frame("/app/count", ""));
			assertThat(one.expect("MESSAGE").text()).isEqualTo("2");
			two.send(frame("/app/count", ""));
			assertThat(two.expect("MESSAGE").text()).isEqualTo("1");
		}
		Await.until(() -> Visits.destroyed() == before + 2);
	}

	@Test
	void transactionWhenItHasMoreFramesThanMayWaitThenNoneOfThemRuns() {
		this.greetings.order.clear();
		try (StompClient client = gateway.connect("hal"); StompClient other = gateway.connect("ida")) {
			other.subscribe("1", "/topic/committed");
			client.send("BEGIN", "transaction:t");
			client.send(StompFrame.of("SEND", "destination:/topic/committed", "transaction:t"));
			for (int i = 0; i < 20; i++) {
				client.send(frame("/app/order", "text " + i, "transaction:t"));
			}
			client.send("COMMIT", "transaction:t");
			client.expectError("overloaded", 4015);
			other.receipt(frame("/app/order", "other"));
			other.expectNothing();
		}
		assertThat(this.greetings.order).containsExactly("other");
	}

	@Test
	void transactionWhenItIsRefusedThenTheRoomItAskedForIsFree() {
		try (StompClient client = gateway.connect("hal")) {
			client.send("BEGIN", "transaction:t");
			for (int i = 0; i < 6; i++) {
				client.send(frame("/app/order", "text " + i, "transaction:t"));
			}
			client.sendAndWait("COMMIT", "transaction:t");
		}
		for (int i = 0; i < 3; i++) {
			try (StompClient client = gateway.connect("hal")) {
				client.send("BEGIN", "transaction:t");
				client.send(frame("/app/order", "never", "transaction:t"));
				client.send("ACK", "id:unknown", "transaction:t");
				client.send("COMMIT", "transaction:t");
				client.expectError("bad_frame", 4500);
			}
		}
		Await.until(() -> waiting() == 0);
	}

	private static double waiting() {
		return gateway.bean(MeterRegistry.class).get("usher.handlers.waiting").gauge().value();
	}

	@Test
	void disconnectWhenAMethodStillRunsThenItsReceiptWaits() throws Exception {
		try (TestGateway own = TestGateway.with(Extension.class, "usher.handlers.waiting-per-connection=5")) {
			Greetings methods = own.bean(Greetings.class);
			List<StompClient> sleepers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				StompClient sleeper = own.connect("sleeper" + i);
				sleepers.add(sleeper.send(frame("/app/sleep", "", "receipt:awake")));
			}
			assertThat(methods.asleep.tryAcquire(8, 30, TimeUnit.SECONDS)).isTrue();
			sleepersWhenEightSleepThenOthersAreServed(own, sleepers);
			whoSendsTooMuchMeanwhileIsToldSo(own);
			StompClient leaving = sleepers.get(0).send("DISCONNECT", "receipt:bye");
			methods.awake.countDown();
			assertThat(leaving.expect("RECEIPT").header("receipt-id")).isEqualTo("awake");
			assertThat(leaving.expect("RECEIPT").header("receipt-id")).isEqualTo("bye");
			sleepers.forEach(StompClient::close);
		}
	}

	private static void sleepersWhenEightSleepThenOthersAreServed(TestGateway own, List<StompClient> sleepers) {
		try (StompClient client = own.connect("awake")) {
			client.subscribe("1", "/topic/all");
			client.receipt(frame("/app/order", "while others sleep"));
			client.send(frame("/app/all", "x", "mood:y"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("x y");
		}
		// Nor does a method that sleeps hold up the other frames of its own connection.
		sleepers.get(7).subscribe("1", "/topic/while-asleep");
	}

	private static void whoSendsTooMuchMeanwhileIsToldSo(TestGateway own) {
		try (StompClient client = own.connect("flood")) {
			for (int i = 0; i < 7; i++) {
				client.send(frame("/app/sleep", ""));
			}
			client.expectError("overloaded", 4015);
		}
	}

}
