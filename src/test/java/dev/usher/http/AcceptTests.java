package dev.usher.http;

import java.net.http.HttpRequest.BodyPublishers;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A call that took effect is answered, whatever charset its client would like. */
class AcceptTests {

	private static HttpNode node;

	@BeforeAll
	static void start() {
		node = HttpNode.start(Store.EMBEDDED);
		node.makeUser("alice", "user");
	}

	@AfterAll
	static void stop() {
		node.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json;charset=utf-16", "application/json; CharSet=\"ISO-8859-1\"",
			"text/plain;charset=utf-32, application/json;charset=ibm037", "application/*;q=0.5;charset=utf-16",
			"application/json;charset=utf-8", "*/*;charset=iso-2022-cn" })
	void callWhenItsClientAcceptsAnotherCharsetThenIsAnsweredInUtf8(String accept) {
		Answer login = node.send(node.request("/auth/login")
			.header("Accept", accept)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"username\":\"alice\",\"password\":\"" + HttpNode.PASSWORD + "\"}")));
		assertThat(login.status()).isEqualTo(200);
		assertThat(login.json().path("access_token").asString()).isNotEmpty();
		assertThat(node.send(node.request("/.well-known/oauth-authorization-server").header("Accept", accept)).status())
			.isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html;charset=iso-2022-cn", "text/html;charset=utf-16" })
	void pageWhenItsClientAcceptsAnotherCharsetThenIsAnsweredInUtf8(String accept) {
		Answer page = node.send(node.request("/").header("Accept", accept));
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html;charset=utf-16", "image/png" })
	void callWhenItsClientAcceptsNoJsonThenIsRefused(String accept) {
		assertThat(node.send(node.request("/.well-known/oauth-authorization-server").header("Accept", accept)).code())
			.isEqualTo("not_acceptable");
	}

}
