package dev.usher.messaging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

import dev.usher.socket.MessageFailures;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import dev.usher.testing.TestIssuer;
import extension.Extension;
import extension.TenantInterceptor;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.GenericMessage;

import static org.assertj.core.api.Assertions.assertThat;

/** What an interceptor of others sees, may change, and may not. */
class InterceptorTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private final TenantInterceptor interceptor = gateway.bean(TenantInterceptor.class);

	@Test
	void connectWhenShownThenCredentialsCanBeReadAndAreInNoLog() {
		String token = gateway.token("ann");
		this.interceptor.shown.clear();
		try (StompClient client = StompClient.connect(gateway.port(), token, "tenant:acme", "passcode:" + token,
				"login:ann")) {
			assertThat(this.interceptor.authorization).isEqualTo("Bearer " + token);
			assertThat(this.interceptor.shown).anySatisfy((line) -> assertThat(line).contains("acme"));
			assertThat(this.interceptor.shown).noneSatisfy((line) -> assertThat(line).contains(token));
			client.send("SEND", "destination:/app/auth", "Authorization:Bearer " + token, "receipt:1");
			assertThat(client.expect("RECEIPT").header("expires-in")).isNotNull();
			assertThat(this.interceptor.shown).noneSatisfy((line) -> assertThat(line).contains(token));
		}
	}

	@Test
	void userWhenSetToTheSameNameThenMessagesHaveIt() {
		try (StompClient client = gateway.connect("ann", "tenant:acme")) {
			client.subscribe("1", "/user/topic/greetings");
			client.send(StompFrame
				.of("SEND", "destination:/app/greet/ben", "content-type:application/json", "act:extra beside")
				.body("{\"greetingText\":\"Hi\"}"));
			assertThat(client.expect("MESSAGE").text())
				.isEqualTo("{\"greetingText\":\"Hi ben from ann of acme TenantUser beside\"}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "become ben", "nobody" })
	void userWhenSetToAnotherAtConnectThenItIsRefused(String act) {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "act:" + act);
			client.expectError("unauthorized", 4502);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "become ben", "nobody" })
	void userWhenSetToAnotherLaterThenItIsRefused(String act) {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SUBSCRIBE", "id:1", "destination:/user/topic/mine", "act:" + act);
			client.expectError("unauthorized", 4502);
		}
	}

	@Test
	void frameWhenDroppedThenItHasNoEffectAndNoReceipt() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/dropped");
			client.send("SEND", "destination:/topic/dropped", "act:drop", "receipt:never");
			client.expectNothing();
			client.send("SUBSCRIBE", "id:2", "destination:/topic/dropped", "act:drop", "receipt:never");
			client.publish("/topic/dropped", "one");
			assertThat(client.expect("MESSAGE").header("subscription")).isEqualTo("1");
			client.expectNothing();
		}
	}

	@Test
	void connectWhenDroppedThenTheNextMayFollow() {
		try (StompClient client = gateway.open()) {
			client.sendConnect(gateway.token("ann"), "act:drop");
			client.sendConnect(gateway.token("ann"));
			client.expect("CONNECTED");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "CONNECT", "SEND", "SUBSCRIBE" })
	void frameWhenTheInterceptorThrowsThenTheTextIsNotShown(String command) {
		try (StompClient client = gateway.open()) {
			String act = "act:throw";
			if (!command.equals("CONNECT")) {
				client.sendConnect(gateway.token("ann")).expect("CONNECTED");
				client.send(command, "id:1", "destination:/topic/x", act);
			}
			else {
				client.sendConnect(gateway.token("ann"), act);
			}
			StompFrame error = client.expectError("internal_error", 4017);
			assertThat(error.toString()).doesNotContain("inner");
			assertThat(error.header("incident")).isNotNull();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "deny", "deny-wrapped" })
	void frameWhenAccessIsDeniedThenItIsForbidden(String act) {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SEND", "destination:/topic/x", "act:" + act, "receipt:7");
			StompFrame error = client.expectError("forbidden", 4504);
			assertThat(error.toString()).doesNotContain("inner");
			assertThat(error.header("receipt-id")).isEqualTo("7");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "destination", "native-destination" })
	void destinationWhenChangedThenItIsObeyed(String act) {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/old", "act:" + act + " /topic/new");
			client.publish("/topic/old", "missed");
			client.send(StompFrame.of("SEND", "destination:/topic/old", "act:" + act + " /topic/new").body("got"));
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.header("destination")).isEqualTo("/topic/new");
			assertThat(message.text()).isEqualTo("got");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "destination", "native-destination" })
	void destinationWhenChangedThenItIsCheckedAsChanged(String act) {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SUBSCRIBE", "id:1", "destination:/topic/old", "act:" + act + " /user/ben/topic/private");
			client.expectError("forbidden", 4504);
		}
		try (StompClient client = gateway.connect("ann")) {
			client.send("SEND", "destination:/topic/old", "act:" + act + " /user/ben/topic/session");
			client.expectError("forbidden", 4504);
		}
		try (StompClient client = gateway.connect("ann")) {
			client.send("SEND", "destination:/app/all", "mood:x", "act:" + act + " /app/admin/secret");
			client.expectError("forbidden", 4504);
		}
	}

	@Test
	void headersAndBodyWhenChangedThenSubscribersGetThemSo() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/changed", "act:id two");
			client.send(StompFrame.of("SEND", "destination:/topic/changed", "act:header value").body("one"));
			StompFrame message = client.expect("MESSAGE");
			assertThat(message.header("added")).isEqualTo("value");
			assertThat(message.header("subscription")).isEqualTo("two");
			client.send(StompFrame.of("SEND", "destination:/topic/changed", "act:body other").body("one"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("other");
			client.send(StompFrame.of("SEND", "destination:/topic/changed", "act:rebuild").body("one"));
			assertThat(client.expect("MESSAGE").text()).isEqualTo("plain");
			client.sendAndWait("UNSUBSCRIBE", "id:two");
		}
	}

	@Test
	void contentTypeWhenItIsNoneThenTheFrameIsTakenAsWithoutInterceptors() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/odd");
			client.send(StompFrame.of("SEND", "destination:/topic/odd", "content-type:not a type").body("x"));
			assertThat(client.expect("MESSAGE").header("content-type")).isEqualTo("not a type");
		}
	}

	@Test
	void framesWhenHeldByATransactionThenInterceptorsSeeThemWhenTheyCome() {
		try (StompClient client = gateway.connect("ann")) {
			client.subscribe("1", "/topic/held-new");
			client.send("BEGIN", "transaction:t");
			client.sendAndWait("SEND", "destination:/topic/held", "transaction:t", "act:destination /topic/held-new");
			assertThat(this.interceptor.shown).anySatisfy((line) -> assertThat(line).contains("/topic/held"));
			client.send("COMMIT", "transaction:t");
			assertThat(client.expect("MESSAGE").header("destination")).isEqualTo("/topic/held-new");
		}
	}

	@Test
	void completionWhenSentOrRefusedThenInterceptorsAreTold() {
		this.interceptor.completed.clear();
		try (StompClient client = gateway.connect("ann")) {
			client.expectNothing();
			client.send("SUBSCRIBE", "id:1", "destination:/user/ben/topic/private");
			client.expectError("forbidden", 4504);
		}
		assertThat(this.interceptor.completed).contains("CONNECT true false", "SEND true false",
				"SUBSCRIBE false true");
	}

	@Test
	void interceptorWhenItIsSlowThenThatIsCounted() {
		FunctionCounter slow = gateway.bean(MeterRegistry.class).get("usher.interceptors.slow").functionCounter();
		double before = slow.count();
		try (StompClient client = gateway.connect("ann")) {
			client.sendAndWait("SEND", "destination:/topic/slow", "act:slow 60");
		}
		assertThat(slow.count()).isGreaterThan(before);
	}

	@Test
	void connectWhenItWaitsForKeysThenInterceptorsSeeItOnce() throws Exception {
		try (TestIssuer issuer = new TestIssuer();
				TestGateway own = TestGateway.with(Extension.class, "usher.issuers[1].issuer=" + issuer.issuer(),
						"usher.issuers[1].audience=" + TestIssuer.AUDIENCE,
						"usher.issuers[1].jwk-set-uri=" + issuer.jwkSetUri())) {
			TenantInterceptor theirs = own.bean(TenantInterceptor.class);
			String token = issuer.sign(issuer.token(own.clock()));
			StompClient.connect(own.port(), token, "tenant:once").close();
			assertThat(theirs.shown).filteredOn((line) -> line.contains("tenant=[once]")).hasSize(1);
		}
	}

	@Test
	void failureWhenLoggedThenItHasNothingThatAClientWrote() {
		StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.SEND,
				Map.of("forged", List.of("x\n2026-01-01 a line of the log")));
		Message<byte[]> message = new GenericMessage<>(new byte[0], headers.getMessageHeaders());
		for (Throwable failure : List.of(new MessagingException(message, "text"),
				new MessagingException(message, "text", new IllegalStateException("theirs")))) {
			StringWriter written = new StringWriter();
			Throwable shown = MessageFailures.withoutMessage(failure);
			shown.printStackTrace(new PrintWriter(written));
			assertThat(written.toString()).doesNotContain("a line of the log");
			assertThat(shown.getStackTrace()).isNotEmpty();
		}
	}

	@Test
	void frameWhenSentBeforeConnectThenNoInterceptorSeesIt() {
		this.interceptor.shown.clear();
		try (StompClient client = gateway.open()) {
			client.send("SEND", "destination:/topic/stranger");
			client.expectError("not_connected", 4501);
		}
		assertThat(this.interceptor.shown).noneSatisfy((line) -> assertThat(line).contains("/topic/stranger"));
	}

}
