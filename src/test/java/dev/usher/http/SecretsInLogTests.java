package dev.usher.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** No log line ever holds a token or a password, however much is logged. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsInLogTests {

	private static final String MISTYPED = "mistyped-secret-password";

	@Test
	void logWhenEverythingIsLoggedThenHoldsNoSecret(CapturedOutput output) {
		List<String> secrets = new ArrayList<>(List.of(HttpNode.PASSWORD, MISTYPED));
		try (HttpNode node = HttpNode.start(Store.EMBEDDED, "logging.level.dev.usher=trace",
				"logging.level.org.springframework.security=trace", "logging.level.org.springframework.web=trace",
				"logging.level.org.springframework.session=trace", "logging.level.org.springframework.http=trace")) {
			secrets.add(node.adminPassword());
			node.makeUser("alice", "user");
			Answer login = node.login("alice");
			Answer refreshed = node.refresh(login.text("refresh_token"));
			node.login("alice", MISTYPED);
			node.call("POST", "/auth/login", null, Map.of("username", "alice", "password", MISTYPED, "x", "y"));
			node.call("POST", "/auth/login", null, Map.of("username", List.of(), "password", MISTYPED));
			node.call("POST", "/auth/password", refreshed.text("access_token"),
					Map.of("current_password", MISTYPED, "new_password", MISTYPED));
			node.get("/auth/me?access_token=" + login.text("access_token"), null);
			node.get("/auth/me", refreshed.text("access_token") + "x");
			node.refresh(login.text("refresh_token"));
			for (Answer answer : List.of(login, refreshed)) {
				secrets.add(signature(answer.text("access_token")));
				secrets.addAll(List.of(answer.text("refresh_token").split("\\.")));
			}
		}
		assertThat(output.getAll()).contains("DEBUG").contains("/auth/login");
		secrets.forEach((secret) -> assertThat(output.getAll().contains(secret)).as(secret).isFalse());
	}

	/** The part of a token without which the rest is no use. */
	private static String signature(String token) {
		return token.substring(token.lastIndexOf('.') + 1);
	}

}
