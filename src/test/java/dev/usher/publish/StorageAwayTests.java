package dev.usher.publish;

import java.util.List;
import java.util.Map;

import dev.usher.testing.Answer;
import dev.usher.testing.HttpNode;
import dev.usher.testing.Store;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** What publishers hear while the database takes nothing, and when it does again. */
class StorageAwayTests {

	@ParameterizedTest
	@EnumSource(Store.class)
	void messagesWhenStorageIsAwayThenLiveOnesGoOnAndStoredOnesAreRefusedUntilItIsBack(Store store) {
		try (HttpNode node = HttpNode.start(store, "usher.access[0].destination=/**", "usher.access[0].publish=*")) {
			node.makeUser("ann", "user");
			String token = node.login("ann").text("access_token");
			Map<String, Object> live = Map.of("to", "/topic/x", "body", 1);
			Map<String, Object> stored = Map.of("to", "/user/ann/queue/x", "body", 1);
			JdbcClient database = node.bean(JdbcClient.class);
			database.sql("ALTER TABLE inbox_messages RENAME TO taken_away").update();

			Answer alone = node.call("POST", "/api/messages", token, stored);
			assertThat(alone.status()).isEqualTo(503);
			assertThat(alone.code()).isEqualTo("storage_unavailable");
			assertThat(alone.header("Retry-After")).isEqualTo("5");
			assertThat(node.call("POST", "/api/messages", token, List.of(stored, stored)).status()).isEqualTo(503);
			Answer mixed = node.call("POST", "/api/messages", token, List.of(stored, live));
			assertThat(mixed.status()).isEqualTo(207);
			assertThat(mixed.json().path("results").path(0).path("error").path("code").asString())
				.isEqualTo("storage_unavailable");
			assertThat(mixed.json().path("results").path(1).has("delivered")).isTrue();

			database.sql("ALTER TABLE taken_away RENAME TO inbox_messages").update();
			Answer back = node.call("POST", "/api/messages", token, stored);
			assertThat(back.json().path("results").path(0).path("offset").asInt()).isEqualTo(1);
		}
	}

}
