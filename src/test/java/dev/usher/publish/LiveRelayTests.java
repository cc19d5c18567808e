package dev.usher.publish;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.usher.bus.Bus;
import dev.usher.bus.BusChannel;
import dev.usher.bus.Buses;
import dev.usher.bus.ByteWriter;
import dev.usher.bus.EntryKind;
import dev.usher.protocol.Message;
import dev.usher.testing.MutableClock;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Live messages that come from other nodes. */
class LiveRelayTests {

	private final Map<EntryKind, Bus.Receiver> receivers = new EnumMap<>(EntryKind.class);

	private final List<Message> announced = new ArrayList<>();

	LiveRelayTests() {
		Bus bus = Buses.keeping(this.receivers);
		bus.listen((message) -> this.announced.add(message) ? 1 : 0);
		PublishProperties properties = new Binder(new MapConfigurationPropertySource(Map.of()))
			.bindOrCreate("usher.publish", PublishProperties.class);
		new LiveRelay(bus, new LiveIds(properties, new MutableClock()));
	}

	private void arrive(BusChannel channel, String destination) {
		byte[] entry = new ByteWriter(64).text("1-1")
			.text(destination)
			.optional("text/plain")
			.number(1)
			.text("note")
			.text("n")
			.bytes(new byte[] { 7 })
			.optional(null)
			.toBytes();
		this.receivers.get(EntryKind.LIVE).onEntry(channel, 77, entry);
	}

	@Test
	void messageWhenItComesOnTheChannelOfItsDestinationThenIsAnnouncedAsItWasSent() {
		arrive(BusChannel.user("bob"), "/user/bob/topic/news");
		assertThat(this.announced).singleElement().satisfies((message) -> {
			assertThat(message.id()).isEqualTo("1-1");
			assertThat(message.destination().address()).isEqualTo("/user/bob/topic/news");
			assertThat(message.contentType()).isEqualTo("text/plain");
			assertThat(message.headers()).containsExactly(Map.entry("note", "n"));
			assertThat(message.body()).containsExactly(7);
		});
	}

	@Test
	void messageWhenItComesOnAChannelThatIsNotItsOwnThenGoesNoFurther() {
		assertThatIllegalArgumentException().isThrownBy(() -> arrive(BusChannel.user("eve"), "/user/bob/topic/news"));
		assertThatIllegalArgumentException().isThrownBy(() -> arrive(BusChannel.topic("bob"), "/user/bob/topic/news"));
		assertThatIllegalArgumentException().isThrownBy(() -> arrive(BusChannel.topic("news"), "/topic/other"));
		assertThat(this.announced).isEmpty();
	}

}
