package dev.usher.inbox.store;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.protocol.Destination;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** A name that is given to somebody else brings nothing of its last owner's. */
class RemovedUserTests {

	@ParameterizedTest
	@EnumSource
	void accountWhenItIsDeletedThenItsInboxGoesWithIt(Store store) throws Exception {
		try (HttpNode node = HttpNode.start(store, "usher.access[0].destination=/user/**",
				"usher.access[0].publish=admin")) {
			node.makeUser("erin", "user");
			String admin = node.admin();
			node.call("POST", "/api/messages", admin, Map.of("to", List.of("/user/erin/queue/in"), "body", "private"));
			assertThat(logsOf(node, "erin")).isEqualTo(1);
			assertThat(node.call("DELETE", "/admin/accounts/erin", admin, null).status()).isEqualTo(204);
			Await.within(20, () -> logsOf(node, "erin") == 0);
			node.makeUser("erin", "user");
			node.call("POST", "/api/messages", admin, Map.of("to", List.of("/user/erin/queue/in"), "body", "new"));
			Appended next = node.bean(Inbox.class)
				.append(new Draft(Destination.forPublish("/user/erin/queue/in"), null, Map.of(), new byte[0], null,
						null, node.clock().millis()))
				.toCompletableFuture()
				.get(10, TimeUnit.SECONDS);
			assertThat(next.offset()).isEqualTo(2);
		}
	}

	private static int logsOf(HttpNode node, String owner) {
		return node.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM inbox_logs WHERE owner = ?")
			.param(owner)
			.query(Integer.class)
			.single();
	}

}
