package dev.usher.publish;

import java.util.List;
import java.util.Map;

import dev.usher.testing.HttpNode;
import dev.usher.testing.StompClient;
import dev.usher.testing.StompFrame;
import dev.usher.testing.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A MESSAGE says who sent it, by the name that was verified. */
class SenderTests {

	@ParameterizedTest
	@EnumSource(Store.class)
	void messageWhenSentOrPublishedThenNamesItsSender(Store store) {
		try (HttpNode node = start(store)) {
			String ann = node.login("ann").text("access_token");
			String service = service(node);
			try (StompClient reader = StompClient.connect(node.port(), ann);
					StompClient writer = StompClient.connect(node.port(), node.login("bob").text("access_token"))) {
				for (String kind : List.of("topic", "queue")) {
					String to = "/user/ann/" + kind + "/x";
					reader.subscribe(kind, "/user/" + kind + "/x");
					writer.send(StompFrame.of("SEND", "destination:" + to, "sender:admin", "n:1").body("sent"));
					StompFrame sent = reader.expect("MESSAGE");
					assertThat(sent.headers()).containsEntry("sender", "bob").containsEntry("n", "1");
					node.call("POST", "/api/messages", service, Map.of("to", to, "body", "published"));
					assertThat(reader.expect("MESSAGE").header("sender")).isEqualTo("client\\cbilling");
				}
			}
		}
	}

	@Test
	void messageWhenSetAsideThenStillNamesItsSender() {
		try (HttpNode node = start(Store.EMBEDDED, "usher.inbox.max-deliveries=1")) {
			String ann = node.login("ann").text("access_token");
			try (StompClient reader = StompClient.connect(node.port(), ann)) {
				reader.subscribe("d", "/user/queue/x.dead").subscribe("x", "/user/queue/x", "ack:client-individual");
				node.call("POST", "/api/messages", service(node), Map.of("to", "/user/ann/queue/x", "body", "bad"));
				StompFrame message = reader.expect("MESSAGE");
				reader.send("NACK", "id:" + message.header("ack").replace(":", "\\c"));
				StompFrame dead = reader.expect("MESSAGE");
				assertThat(dead.headers()).containsEntry("subscription", "d")
					.containsEntry("sender", "client\\cbilling")
					.containsKey("original-message-id");
			}
		}
	}

	@Test
	void messageWhenSendersAreNotToBeNamedThenIsWithout() {
		try (HttpNode node = start(Store.EMBEDDED, "usher.publish.sender=false")) {
			String ann = node.login("ann").text("access_token");
			try (StompClient reader = StompClient.connect(node.port(), ann)) {
				for (String kind : List.of("topic", "queue")) {
					reader.subscribe(kind, "/user/" + kind + "/x");
					reader
						.send(StompFrame.of("SEND", "destination:/user/ann/" + kind + "/x", "sender:admin").body("x"));
					assertThat(reader.expect("MESSAGE").headers()).doesNotContainKey("sender");
				}
			}
		}
	}

	private static HttpNode start(Store store, String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = "usher.access[0].destination=/user/**";
		all[1] = "usher.access[0].publish=*";
		System.arraycopy(properties, 0, all, 2, properties.length);
		HttpNode node = HttpNode.start(store, all);
		node.makeUser("ann", "user");
		node.makeUser("bob", "user");
		return node;
	}

	private static String service(HttpNode node) {
		String secret = node
			.call("POST", "/admin/clients", node.admin(), Map.of("client_id", "billing", "scopes", List.of("publish")))
			.text("client_secret");
		return node
			.send(node.request("/oauth2/token")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(java.net.http.HttpRequest.BodyPublishers
					.ofString("grant_type=client_credentials&client_id=billing&client_secret=" + secret)))
			.text("access_token");
	}

}
