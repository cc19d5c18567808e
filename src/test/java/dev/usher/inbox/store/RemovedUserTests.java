package dev.usher.inbox.store;

import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.Inbox;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.testing.Await;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.usher.inbox.store.Inboxes.after;
import static dev.usher.inbox.store.Inboxes.await;
import static dev.usher.inbox.store.Inboxes.draft;
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
				.get(30, TimeUnit.SECONDS);
			assertThat(next.offset()).isEqualTo(2);
			nextOwnerWhenTheMessagesCannotBeRemovedYetThenReadsNone(node, admin, store);
		}
	}

	/** Somebody else's lock stands for a database that went away after the commit. */
	private static void nextOwnerWhenTheMessagesCannotBeRemovedYetThenReadsNone(HttpNode node, String admin,
			Store store) throws Exception {
		node.makeUser("frank", "user");
		Map<String, Object> message = Map.of("to", List.of("/user/frank/queue/in"), "body", "private");
		node.call("POST", "/api/messages", admin, message);
		node.call("POST", "/api/messages", admin, message);
		try (Connection connection = node.bean(DataSource.class).getConnection()) {
			connection.setAutoCommit(false);
			try (Statement lock = connection.createStatement()) {
				if (store == Store.POSTGRES) {
					lock.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
				}
				lock.executeQuery("SELECT log_offset FROM inbox_messages WHERE log_id = "
						+ "(SELECT id FROM inbox_logs WHERE owner = 'frank') FOR UPDATE");
				assertThat(node.call("DELETE", "/admin/accounts/frank", admin, null).status()).isEqualTo(204);
				node.makeUser("frank", "user");
				assertThat(firstRead(node)).isEqualTo("1 new");
			}
			finally {
				connection.rollback();
				connection.setAutoCommit(true);
			}
		}
	}

	/** What a reader from the beginning gets first, after one more message is there. */
	private static String firstRead(HttpNode node) {
		Destination inbox = Destination.forPublish("/user/frank/queue/in");
		Recorder recorder = new Recorder();
		ReaderSubscription subscription = await(node.bean(Inbox.class).subscribe(after(inbox, 0, null), recorder));
		subscription.request(Long.MAX_VALUE);
		await(node.bean(Inbox.class).append(draft(inbox, "new")));
		Recorder.Received first = recorder.next();
		subscription.close(false);
		return first.offset() + " " + first.body();
	}

	private static int logsOf(HttpNode node, String owner) {
		return node.bean(JdbcClient.class)
			.sql("SELECT COUNT(*) FROM inbox_logs WHERE owner = ?")
			.param(owner)
			.query(Integer.class)
			.single();
	}

}
