package dev.usher.publish;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

import dev.usher.protocol.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** How many messages come in, and what becomes of them. */
@Component
class PublishMeters implements MeterBinder {

	private final PublishTally tally;

	PublishMeters(Publisher publisher) {
		this.tally = publisher.tally();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		in(registry, "live", "user", this.tally.liveOfUsers);
		in(registry, "live", "shared", this.tally.liveShared);
		in(registry, "stored", "user", this.tally.storedOfUsers);
		in(registry, "stored", "shared", this.tally.storedShared);
		result(registry, "accepted", PublishTally::accepted);
		result(registry, "repeated", (tally) -> tally.repeated.sum());
		for (Reason reason : PublishTally.REFUSALS) {
			result(registry, reason.code(), (tally) -> tally.refused(reason));
		}
	}

	private static void in(MeterRegistry registry, String kind, String owner, LongAdder count) {
		FunctionCounter.builder("usher.messages.in", count, LongAdder::sum)
			.description("Messages taken from publishers on this node, each once, by the kind of their destination")
			.tags("kind", kind, "owner", owner)
			.register(registry);
	}

	private void result(MeterRegistry registry, String result, ToDoubleFunction<PublishTally> count) {
		FunctionCounter.builder("usher.publish.results", this.tally, count)
			.description("What became of messages that somebody wanted to publish: accepted, repeated (an id that "
					+ "was used before), or the code they were refused with")
			.tag("result", result)
			.register(registry);
	}

}
