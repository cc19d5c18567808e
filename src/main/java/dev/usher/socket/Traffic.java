package dev.usher.socket;

import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import dev.usher.protocol.Destination;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts the messages that go out to connections of this node and, of some, how long they
 * take from their publishing to the write. An adder for each count, so that a delivery
 * costs one addition at most. Any thread.
 */
@Component
class Traffic implements MeterBinder {

	/**
	 * Of so many messages of a thread the first is timed: less than a hundredth of what
	 * its delivery costs anyway.
	 */
	static final int SAMPLED = 128;

	/** From what one loopback takes to what somebody would complain about. */
	private static final Duration[] BUCKETS = { micros(100), micros(250), micros(500), millis(1), micros(2500),
			millis(5), millis(10), millis(25), millis(50), millis(100), millis(250), millis(500), millis(1000),
			millis(2500), millis(5000), millis(10_000) };

	private final Clock clock;

	private final LongAdder liveOfUsers = new LongAdder();

	private final LongAdder liveShared = new LongAdder();

	private final LongAdder storedOfUsers = new LongAdder();

	private final LongAdder storedShared = new LongAdder();

	private final LongAdder redelivered = new LongAdder();

	private volatile @Nullable Timer live;

	private volatile @Nullable Timer stored;

	Traffic(Clock clock) {
		this.clock = clock;
	}

	private static Duration micros(long micros) {
		return Duration.of(micros, ChronoUnit.MICROS);
	}

	private static Duration millis(long millis) {
		return Duration.ofMillis(millis);
	}

	long now() {
		return this.clock.millis();
	}

	/** A live message was queued for so many connections. */
	void live(Destination destination, int connections) {
		if (connections > 0) {
			((destination.owner() != null) ? this.liveOfUsers : this.liveShared).add(connections);
		}
	}

	/** So many stored messages were queued for a connection, some of them again. */
	void stored(Destination destination, int messages, int again) {
		if (messages > 0) {
			((destination.owner() != null) ? this.storedOfUsers : this.storedShared).add(messages);
		}
		if (again > 0) {
			this.redelivered.add(again);
		}
	}

	/** Times a live message from now on. */
	Sample live() {
		return new Sample(this.live, System.nanoTime());
	}

	/**
	 * Times a stored message.
	 * @param publishedAt when it was published, epoch milliseconds
	 */
	Sample stored(long publishedAt) {
		long since = TimeUnit.MILLISECONDS.toNanos(Math.max(0, this.clock.millis() - publishedAt));
		return new Sample(this.stored, System.nanoTime() - since);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		out(registry, "live", "user", this.liveOfUsers);
		out(registry, "live", "shared", this.liveShared);
		out(registry, "stored", "user", this.storedOfUsers);
		out(registry, "stored", "shared", this.storedShared);
		FunctionCounter.builder("usher.redeliveries", this.redelivered, LongAdder::sum)
			.description("Stored messages queued for a connection that were handed out before")
			.register(registry);
		this.live = timer("live").register(registry);
		this.stored = timer("stored").register(registry);
	}

	private static void out(MeterRegistry registry, String kind, String owner, LongAdder count) {
		FunctionCounter.builder("usher.messages.out", count, LongAdder::sum)
			.description("Messages queued for connections of this node, each once for each connection, by the kind of "
					+ "their destination")
			.tags("kind", kind, "owner", owner)
			.register(registry);
	}

	private static Timer.Builder timer(String kind) {
		return Timer.builder("usher.publish.write")
			.description("Time from the publishing of a message to the write to a connection, sampled: of " + SAMPLED
					+ " messages of a thread the first; of stored ones those that came after the subscription, in "
					+ "milliseconds")
			.tag("kind", kind)
			.serviceLevelObjectives(BUCKETS);
	}

	/**
	 * A message whose way is timed.
	 *
	 * @param timer where that is kept; null before there are metrics
	 * @param since when it was published, as {@link System#nanoTime()} has it
	 */
	record Sample(@Nullable Timer timer, long since) {

		/** It has left. */
		void written() {
			if (this.timer != null) {
				this.timer.record(System.nanoTime() - this.since, TimeUnit.NANOSECONDS);
			}
		}

	}

}
