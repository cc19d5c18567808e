package dev.usher.node;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.Buses;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.bus.Incarnation;
import dev.usher.testing.Await;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What is believed of peers by what they say, and for how long. */
class HeartbeatsTests {

	private static final int ALIVE = 0;

	private static final int GOODBYE = 1;

	private final Map<EntryKind, Bus.Receiver> receivers = new EnumMap<>(EntryKind.class);

	private final Heartbeats heartbeats = new Heartbeats(Buses.keeping(this.receivers), null, null);

	private void hear(long origin, int what, long freshness) {
		this.receivers.get(EntryKind.HEARTBEAT)
			.onEntry(BusChannel.CONTROL, origin,
					new ByteWriter(64).raw(what).number(1).number(freshness).text("1.0").number(0).toBytes());
	}

	@Test
	void peerWhenItWasHeardThenItsPollAgesUntilTheNodeIsSuspected() {
		hear(8, ALIVE, 60_000);
		Await.until(() -> {
			hear(7, ALIVE, 100);
			Duration freshest = this.heartbeats.freshest();
			return freshest != null && freshest.compareTo(Duration.ofMillis(100)) > 0
					&& freshest.compareTo(Duration.ofMinutes(1)) < 0;
		});
		assertThat(this.heartbeats.heard()).containsOnlyKeys(new Incarnation(7).text(), new Incarnation(8).text());
		Await.until(() -> this.heartbeats.freshest() == null);
		assertThat(this.heartbeats.hasPeers()).isTrue();
	}

	@Test
	void peerWhenItSaysGoodbyeThenIsNoneAndTheOthersStay() {
		hear(7, ALIVE, 0);
		hear(8, ALIVE, 0);
		hear(7, GOODBYE, 0);
		assertThat(this.heartbeats.heard()).containsOnlyKeys(new Incarnation(8).text());
		hear(8, GOODBYE, 0);
		assertThat(this.heartbeats.hasPeers()).isFalse();
	}

}
