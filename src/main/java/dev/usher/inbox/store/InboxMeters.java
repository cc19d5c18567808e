package dev.usher.inbox.store;

import java.util.function.ToDoubleFunction;

import dev.usher.inbox.InboxProperties;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** How storing gets on, and whether readers keep up. */
final class InboxMeters implements MeterBinder {

	private final LogWriter writer;

	private final LiveLogs live;

	private final ReaderStore readers;

	private final DeadLetters dead;

	private final InboxProperties properties;

	InboxMeters(LogWriter writer, LiveLogs live, ReaderStore readers, DeadLetters dead, InboxProperties properties) {
		this.writer = writer;
		this.live = live;
		this.readers = readers;
		this.dead = dead;
		this.properties = properties;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.writer.tally().bindTo(registry);
		gauge(registry, "usher.store.queued.messages", "messages", "Messages that wait to be stored", this.writer,
				LogWriter::queued);
		gauge(registry, "usher.store.queued.bytes", "bytes", "Bytes of messages that wait to be stored", this.writer,
				LogWriter::queuedBytes);
		gauge(registry, "usher.store.limit.messages", "messages",
				"Messages that may wait to be stored (usher.inbox.queue) before publishers are refused",
				this.properties, InboxProperties::queue);
		gauge(registry, "usher.readers", "readers", "Readers of stored destinations that are open on this node",
				this.live, LiveLogs::readers);
		gauge(registry, "usher.reader.lag.messages", "messages",
				"Messages that the reader of this node that is furthest behind has yet to acknowledge", this.live,
				LiveLogs::largestLag);
		FunctionCounter.builder("usher.dead.letters", this.dead, DeadLetters::stored)
			.description("Messages that were refused too often and set aside in .dead")
			.register(registry);
		FunctionCounter.builder("usher.claims.adopted", this.readers, ReaderStore::adopted)
			.description("Messages taken over by this node that another one, or nobody any more, was to hand out")
			.register(registry);
	}

	private static <T> void gauge(MeterRegistry registry, String name, String unit, String description, T source,
			ToDoubleFunction<T> value) {
		Gauge.builder(name, source, value).description(description).baseUnit(unit).register(registry);
	}

}
