package dev.usher.publish;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.usher.protocol.Destination;
import dev.usher.protocol.PublisherId;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What becomes of an id whose first message failed. */
class LiveIdsTests {

	private final LiveIds ids = new LiveIds(new Binder(new MapConfigurationPropertySource(Map.of()))
		.bindOrCreate("usher.publish", PublishProperties.class), new MutableClock());

	private final PublisherId publisher = new PublisherId("https://issuer.example", "alice");

	private final Destination destination = Destination.forPublish("/topic/news");

	@Test
	void idWhenAnErrorIsThrownOnItsDeliveryThenStaysUnused() throws Exception {
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> this.ids.once(this.publisher, this.destination, "m1", () -> {
				throw new StackOverflowError("thrown by a test");
			}));
		Published next = this.ids
			.once(this.publisher, this.destination, "m1", () -> Published.live(this.destination, "x-1", 1))
			.toCompletableFuture()
			.get(10, TimeUnit.SECONDS);
		assertThat(next.repeated()).isFalse();
		assertThat(next.id()).isEqualTo("x-1");
	}

}
