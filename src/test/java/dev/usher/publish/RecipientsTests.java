package dev.usher.publish;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What waits for a name takes no more memory than it may. */
class RecipientsTests {

	@Test
	void messagesWhenTheyAreAllHeadersThenNoMoreThanTheLimitWaits() {
		PublishProperties properties = new Binder(new MapConfigurationPropertySource(Map.of()))
			.bindOrCreate("usher.publish", PublishProperties.class);
		Recipients recipients = new Recipients(new SilentDirectory(), properties);
		Map<String, String> large = new HashMap<>();
		for (int i = 0; i < 24; i++) {
			large.put("large" + i, "x".repeat(4000));
		}
		Publication publication = new Publication("/user/ann/queue/in", null, null, large, new byte[0], null);
		// Shared by all, so they cost the test nothing.
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> {
			for (int i = 0; i < 200; i++) {
				recipients.find(Destination.forPublish("/user/ann/queue/in"), publication,
						(found) -> new CompletableFuture<>());
			}
		}).satisfies((refused) -> assertThat(refused.reason()).isEqualTo(Reason.OVERLOADED));
	}

	/** Knows nobody and never finds out. */
	private static final class SilentDirectory implements UserDirectory {

		@Override
		public void seen(Caller caller) {
		}

		@Override
		public @Nullable User known(String name) {
			return null;
		}

		@Override
		public CompletionStage<User> find(String name) {
			return new CompletableFuture<>();
		}

		@Override
		public boolean isForeign(String name) {
			return false;
		}

	}

}
