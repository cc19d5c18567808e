package dev.usher.socket;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

import dev.usher.protocol.Reason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts connections that are over, by why. Whatever status a client sends, the words are
 * these. Any thread.
 */
@Component
class Closes implements MeterBinder {

	private static final int NORMAL = 1000;

	private static final int GOING_AWAY = 1001;

	/** RFC 6455, section 7.4.1: a close came without a status, as browsers send it. */
	private static final int NO_STATUS = 1005;

	/** Likewise: no close came. */
	private static final int LOST = 1006;

	private final Map<Reason, LongAdder> ended = new EnumMap<>(Reason.class);

	private final Map<String, LongAdder> left = new LinkedHashMap<>();

	Closes() {
		for (Reason reason : Reason.values()) {
			if (reason.endsConnection()) {
				this.ended.put(reason, new LongAdder());
			}
		}
		List.of("normal", "going_away", "lost", "other").forEach((word) -> this.left.put(word, new LongAdder()));
	}

	/** The gateway has ended a connection. */
	void ended(Reason reason) {
		increment(this.ended.get(reason));
	}

	/**
	 * The client has gone.
	 * @param status of its close
	 */
	void left(int status) {
		increment(this.left.get(word(status)));
	}

	private static String word(int status) {
		return switch (status) {
			case NORMAL, NO_STATUS -> "normal";
			case GOING_AWAY -> "going_away";
			case LOST -> "lost";
			default -> "other";
		};
	}

	private static void increment(@Nullable LongAdder count) {
		if (count != null) {
			count.increment();
		}
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.ended.forEach((reason, count) -> register(registry, reason.code(), count));
		this.left.forEach((word, count) -> register(registry, word, count));
	}

	private static void register(MeterRegistry registry, String code, LongAdder count) {
		FunctionCounter.builder("usher.connections.closed", count, LongAdder::sum)
			.description("WebSockets that are over, by the code of the ERROR frame or, where the client went, by how")
			.tag("code", code)
			.register(registry);
	}

}
