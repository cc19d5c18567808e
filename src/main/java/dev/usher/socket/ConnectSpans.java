package dev.usher.socket;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.usher.socket.StompConnection.State;
import dev.usher.trace.Traces;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;

import org.springframework.stereotype.Component;

/**
 * The spans of CONNECT frames, from their arrival to the answer. Nothing a stranger sends
 * chooses what they belong to. Any thread.
 */
@Component
class ConnectSpans {

	private static final String NAME = "usher.connect";

	private final Traces traces;

	/** Those that are under way; always empty where there is no tracer. */
	private final Map<String, Observation> begun = new ConcurrentHashMap<>();

	ConnectSpans(Traces traces) {
		this.traces = traces;
	}

	/** A CONNECT frame has come, perhaps once more after a wait. */
	void begin(StompConnection connection) {
		if (this.traces.areOn() && !this.begun.containsKey(connection.id())) {
			Observation observation = this.traces.begin(NAME, "connect", Map.of());
			if (observation != null) {
				this.begun.put(connection.id(), observation);
				// Whoever ended it meanwhile found no span.
				if (connection.state() == State.ENDED) {
					end(connection, "left");
				}
			}
		}
	}

	/**
	 * The connection is CONNECTED, or over.
	 * @param result one of few words
	 */
	void end(StompConnection connection, String result) {
		if (this.traces.areOn()) {
			Observation observation = this.begun.remove(connection.id());
			if (observation != null) {
				observation.lowCardinalityKeyValue(KeyValue.of("result", result)).stop();
			}
		}
	}

}
