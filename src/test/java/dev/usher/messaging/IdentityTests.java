package dev.usher.messaging;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import extension.Extension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** A method that asks who calls is told the verified user, whatever the body says. */
@ExtendWith(OutputCaptureExtension.class)
class IdentityTests {

	private static final TestGateway gateway = ExtendedGateway.get();

	private static String answer(StompClient client, String method) {
		client.subscribe("1", "/user/topic/identity");
		client.send(calling(method));
		return client.expect("MESSAGE").text();
	}

	private static StompFrame calling(String method, String... headers) {
		return StompFrame
			.of("SEND",
					Stream
						.concat(Stream.of("destination:/app/identity/" + method, "content-type:text/plain"),
								Stream.of(headers))
						.toArray(String[]::new))
			.body("bob");
	}

	@ParameterizedTest
	@CsvSource({ "principal, Caller ann", "of-type, Caller ann says bob", "name, ann", "variable, 3", "me, ann",
			"text, text null", "authentication, ann [admin] true", "optional, ann", "context, ann true",
			"failing, failed for ann ann ann" })
	void methodWhenItAsksWhoCallsThenItIsToldTheVerifiedUser(String method, String expected) {
		try (StompClient client = StompClient.connect(gateway.port(), admin())) {
			assertThat(answer(client, method)).isEqualTo(expected);
		}
	}

	private static String admin() {
		return gateway.token("ann", Duration.ofMinutes(5), Map.of("roles", List.of("admin")));
	}

	@Test
	void subscriptionWhenItsMethodAsksWhoCallsThenItIsToldTheVerifiedUser() {
		try (StompClient client = gateway.connect("ann")) {
			client.send("SUBSCRIBE", "id:1", "destination:/app/identity/mine");
			assertThat(client.expect("MESSAGE").text()).isEqualTo("ann ann");
		}
	}

	@ParameterizedTest
	@CsvSource({ "principal, TenantUser", "of-type, TenantUser ann says bob", "name, ann", "me, ann",
			"authentication, ann [buyer] true", "token, ann", "context, ann true", "failing, failed for ann ann ann" })
	void methodWhenAnInterceptorSetAnAuthenticationThenItIsToldThat(String method, String expected) {
		try (StompClient client = gateway.connect("ann", "act:authenticate")) {
			assertThat(answer(client, method)).startsWith(expected);
		}
	}

	@ParameterizedTest
	@CsvSource({ "principal, TenantUser", "name, ann", "me, ann", "of-type, TenantUser ann says bob" })
	void methodWhenAnInterceptorSetAnotherPrincipalThenItIsToldThat(String method, String expected) {
		try (StompClient client = gateway.connect("ann", "tenant:acme")) {
			assertThat(answer(client, method)).startsWith(expected);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "strict", "token" })
	void methodWhenTheUserIsOfAnotherTypeThenItIsNotCalled(String method) {
		try (StompClient client = gateway.connect("ann")) {
			client.send(calling(method, "receipt:never"));
			client.receipt(StompFrame.of("SEND", "destination:/app/order").body("behind"));
			client.expectNothing();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "authentication", "context", "optional" })
	void authenticationWhenAnInterceptorSetWhatIsNoneThenTheMethodIsNotCalled(String method) {
		try (StompClient client = gateway.connect("ann", "tenant:acme")) {
			client.subscribe("1", "/user/topic/identity");
			client.send(calling(method, "receipt:never"));
			client.receipt(StompFrame.of("SEND", "destination:/app/order").body("behind"));
			client.expectNothing();
		}
	}

	@Test
	void authenticationWhenThereIsNoneThenTheLogSaysWhatToTake(CapturedOutput output) {
		try (TestGateway own = TestGateway.with(Extension.class);
				StompClient client = own.connect("ann", "tenant:acme")) {
			client.send(calling("authentication"));
			client.receipt(StompFrame.of("SEND", "destination:/app/order").body("behind"));
		}
		assertThat(output).contains("extension.Identities.authentication takes an Authentication")
			.contains("is of the type extension.TenantUser. Have the method take a Principal, or the interceptor set");
	}

}
