package dev.usher.publish;

import java.util.function.BiConsumer;

import dev.usher.protocol.Destination;
import dev.usher.protocol.RefusedException;
import dev.usher.thread.Failures;
import dev.usher.trace.Traces;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/** The span of one message that somebody publishes, until it is accepted or refused. */
final class PublishSpan implements BiConsumer<@Nullable Published, @Nullable Throwable> {

	private static final String NAME = "usher.publish";

	private final Observation observation;

	private PublishSpan(Observation observation) {
		this.observation = observation;
	}

	/** Begins one; null where there is no tracer. */
	static @Nullable PublishSpan begin(Traces traces, Publication publication) {
		Observation observation = (traces.areOn()) ? traces.begin(NAME, "publish", publication.headers()) : null;
		return (observation != null) ? new PublishSpan(observation) : null;
	}

	@Override
	public void accept(@Nullable Published published, @Nullable Throwable failure) {
		Destination destination = (published != null) ? published.destination() : null;
		value("kind", (destination == null) ? "none" : (destination.stored()) ? "stored" : "live");
		value("owner", (destination == null) ? "none" : (destination.owner() != null) ? "user" : "shared");
		value("result", result(published, failure));
		this.observation.stop();
	}

	private static String result(@Nullable Published published, @Nullable Throwable failure) {
		if (published != null) {
			return (published.repeated()) ? "repeated" : "accepted";
		}
		return (failure != null && Failures.unwrap(failure) instanceof RefusedException refused) ? refused.word()
				: "internal_error";
	}

	private void value(String name, String value) {
		this.observation.lowCardinalityKeyValue(KeyValue.of(name, value));
	}

}
