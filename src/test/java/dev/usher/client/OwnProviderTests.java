package dev.usher.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.usher.testing.DocumentedCode;
import dev.usher.testing.OidcProvider;
import dev.usher.testing.Page;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The kit in Node with {@code token()}, as a user of a real OpenID Connect provider,
 * whose tokens are made as the page says: they live for 20 seconds, its keys rotate, and
 * it is away for more than a minute. The clock of gateway and provider is moved by hand.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OwnProviderTests {

	private static final Path SCRIPT = Path.of("src/test/resources/dev/usher/client/provider.mjs").toAbsolutePath();

	private static final Page PAGE = Page.of("src/docs/identity-providers.md");

	private final List<String> sent = new ArrayList<>();

	@Test
	void tokensWhenOfAProviderThatRotatesKeysAndGoesAwayThenNothingIsLost(@TempDir Path folder) throws Exception {
		try (DocumentedCode code = new DocumentedCode(folder, PAGE.block("Spring Authorization Server", "java"));
				OidcProvider provider = new OidcProvider(code.call("forTheGateway", OAuth2TokenCustomizer.class));
				TestGateway gateway = TestGateway.start("usher.connect.expiry-notice=5s",
						"usher.issuers[1].issuer=" + provider.issuer(), "usher.issuers[1].audience=usher",
						"usher.issuers[1].discovery=true", "usher.issuers[1].roles=user,editor")) {
			advance(gateway, provider, Duration.ZERO);
			try (NodeProcess node = new NodeProcess(folder, SCRIPT.toString(), "http://localhost:" + gateway.port(),
					provider.issuer(), OidcProvider.CLIENT, provider.refreshToken())) {
				node.await("connected as " + OidcProvider.USER);
				// What is published before is not for who comes later.
				node.await("subscribed");
				renew(gateway, provider, node);
				provider.rotate();
				advance(gateway, provider, Duration.ofSeconds(15));
				node.await("renewed");
				publish(gateway, "after the keys were rotated");
				node.await("got after");
				leaveForAMinute(gateway, provider, node);
				node.type("done");
				assertResult(new JsonMapper().readTree(node.result((line) -> {
				})));
			}
		}
	}

	/**
	 * As a token lives for 20 s, each is renewed on the live connection 5 s before its
	 * end.
	 */
	private void renew(TestGateway gateway, OidcProvider provider, NodeProcess node) {
		for (int i = 0; i < 5; i++) {
			publish(gateway, "message " + i);
			node.await("got message " + i);
			advance(gateway, provider, Duration.ofSeconds(15));
			node.await("renewed");
		}
	}

	private void leaveForAMinute(TestGateway gateway, OidcProvider provider, NodeProcess node) {
		provider.leave();
		advance(gateway, provider, Duration.ofSeconds(15));
		node.await("no token");
		advance(gateway, provider, Duration.ofSeconds(5));
		node.await("disconnected token_expired");
		publish(gateway, "while the provider was away");
		advance(gateway, provider, Duration.ofSeconds(55));
		node.await("no token");
		node.await("no token");
		provider.rotate();
		provider.comeBack();
		node.await("connected as " + OidcProvider.USER);
		node.await("got while");
		publish(gateway, "when it was back");
		node.await("got when");
	}

	private void assertResult(JsonNode result) {
		List<String> got = new ArrayList<>();
		result.path("got").forEach((each) -> got.add(each.asString()));
		assertThat(got).isEqualTo(this.sent);
		assertThat(result.path("username").asString()).isEqualTo(OidcProvider.USER);
		assertThat(result.path("roles").toString()).isEqualTo("[\"editor\"]");
		assertThat(result.path("kids").asInt()).as("keys that signed").isEqualTo(3);
		assertThat(result.path("connected").asInt()).isEqualTo(2);
		assertThat(result.path("signedout").asInt()).isZero();
	}

	private static void advance(TestGateway gateway, OidcProvider provider, Duration by) {
		provider.clock().set(gateway.clock().instant().plus(by));
		gateway.clock().advance(by);
	}

	private void publish(TestGateway gateway, String text) {
		try (StompClient publisher = gateway.connect("publisher")) {
			publisher
				.receipt(StompFrame.of("SEND", "destination:/user/" + OidcProvider.USER + "/queue/news").body(text));
		}
		this.sent.add(text);
	}

}
