package dev.usher.publish;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.usher.access.Caller;
import dev.usher.access.UserDirectory;
import dev.usher.bus.Bus;
import dev.usher.bus.Buses;
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
		Recipients recipients = new Recipients(Buses.inProcess(), new SilentDirectory(), properties());
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

	@Test
	void liveMessageWhenItsUserListensHereThenNobodyIsLookedFor() {
		Destination heard = Destination.forPublish("/user/ann/topic/news");
		Bus bus = Buses.inProcess();
		bus.listen(Buses.hearing(heard));
		Recipients recipients = new Recipients(bus, new SilentDirectory(), properties());
		assertThat(isFound(recipients, "/user/ann/topic/news")).isTrue();
		assertThat(isFound(recipients, "/user/ann/topic/other")).isFalse();
		// Behind one that waits for the name.
		assertThat(isFound(recipients, "/user/ann/topic/news")).isFalse();
		assertThat(isFound(recipients, "/user/bob/queue/news")).isFalse();
	}

	private static boolean isFound(Recipients recipients, String to) {
		boolean[] found = new boolean[1];
		recipients.find(Destination.forPublish(to), new Publication(to, null, null, Map.of(), new byte[0], null),
				(destination) -> {
					found[0] = true;
					return new CompletableFuture<>();
				});
		return found[0];
	}

	private static PublishProperties properties() {
		return new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("usher.publish",
				PublishProperties.class);
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
