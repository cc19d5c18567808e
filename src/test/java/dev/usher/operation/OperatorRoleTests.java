package dev.usher.operation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.SharedGateway;
import dev.usher.testing.TestGateway;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Who another issuer can make of its users. */
class OperatorRoleTests {

	/**
	 * The issuer of this gateway may give the role {@code admin}, and not
	 * {@code operator}. That one which may makes operators is seen in {@code NodesTests}.
	 */
	@Test
	void operatorWhenAnotherIssuerSaysSoThenIsNoneUnlessListed() throws IOException, InterruptedException {
		for (String path : List.of("stats", "connections", "logs", "topics", "sessions?username=ann", "nodes")) {
			assertThat(get(path, "operator").code()).as(path).isEqualTo("forbidden");
			assertThat(get(path, "admin").status()).as(path).isEqualTo(200);
		}
	}

	private static Answer get(String path, String role) throws IOException, InterruptedException {
		TestGateway gateway = SharedGateway.get();
		String token = gateway.token("elsewhere", Duration.ofMinutes(15), Map.of("roles", List.of(role)));
		HttpRequest request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + gateway.port() + "/admin/" + path))
			.header("Authorization", "Bearer " + token)
			.build();
		return new Answer(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()));
	}

}
