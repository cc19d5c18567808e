package dev.usher.inbox.store;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import dev.usher.inbox.Appended;
import dev.usher.inbox.Draft;
import dev.usher.inbox.ReaderRequest;
import dev.usher.inbox.ReaderSubscription;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.usher.inbox.store.Inboxes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** How many logs SUBSCRIBE makes, and who is charged for them. */
class SubscribedLogTests extends StoresContract {

	@Test
	void logsWhenSubscribingMakesTooManySharedOnesThenWhoSubscribesIsRefusedAndOthersAreNot() {
		open("logs-per-publisher", "10");
		await(publish("mallory", "/queue/published"));
		for (int i = 0; i < 9; i++) {
			await(subscribe("mallory", "/queue/m" + i, null).close(true));
		}
		RefusedException refusal = refusal(() -> subscribe("mallory", "/queue/more", null));
		assertThat(refusal.reason()).isEqualTo(Reason.OVERLOADED);
		assertThat(refusal.retryAfter()).isPresent();
		assertThat(refusal(() -> await(publish("mallory", "/queue/more"))).httpStatus()).isEqualTo(429);
		subscribe("mallory", "/queue/m0", null);
		subscribe("mallory", "/user/mallory/queue/own", null);
		await(publish("billing", "/queue/bills"));
		subscribe("mallory", "/queue/bills", null);
		subscribe("ben", "/queue/more", null);
		reopen("logs-per-publisher", "10");
		assertThat(refusal(() -> subscribe("mallory", "/queue/yet-more", null)).httpStatus()).isEqualTo(429);
		assertThat(count("SELECT COUNT(*) FROM inbox_logs WHERE address LIKE '/queue/yet%'")).isZero();
	}

	@Test
	void logsWhenMadeBySubscribingAndLeftEmptyThenTheyGoAndThereIsRoomAgain() {
		open("keep", "2h", "logs-per-publisher", "2", "reader-expiry", "30d");
		await(subscribe("mallory", "/queue/a", null).close(true));
		await(subscribe("mallory", "/queue/b", "phone").close(false));
		assertThat(refusal(() -> subscribe("mallory", "/queue/c", null)).httpStatus()).isEqualTo(429);
		this.clock.advance(Duration.ofDays(2));
		this.inbox.sweep();
		assertThat(count("SELECT COUNT(*) FROM inbox_logs")).isEqualTo(1);
		subscribe("mallory", "/queue/c", null);
		this.clock.advance(Duration.ofDays(29));
		this.inbox.sweep();
		this.inbox.sweep();
		assertThat(this.database.template().queryForList("SELECT address FROM inbox_logs", String.class))
			.containsExactly("/queue/c");
	}

	private ReaderSubscription subscribe(String subscriber, String to, @Nullable String durable) {
		return await(this.inbox.subscribe(
				new ReaderRequest(publisher(subscriber), Destination.forPublish(to), durable, null, null, 0),
				new Recorder()));
	}

	private static RefusedException refusal(Runnable subscribing) {
		return catchThrowableOfType(RefusedException.class, subscribing::run);
	}

	private CompletionStage<Appended> publish(String publisher, String to) {
		return this.inbox.append(new Draft(publisher(publisher), Destination.forPublish(to), null, Map.of(),
				new byte[1], null, null, this.clock.millis()));
	}

}
