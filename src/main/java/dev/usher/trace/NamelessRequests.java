package dev.usher.trace;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.http.server.observation.ServerHttpObservationDocumentation.HighCardinalityKeyNames;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.stereotype.Component;

/**
 * Takes the path out of the spans of requests, as users and their sessions are in paths.
 * The pattern of the path stays. Not there without Micrometer Tracing.
 */
@Component
@ConditionalOnClass(name = Traces.HANDLER)
class NamelessRequests implements ObservationFilter {

	@Override
	public Observation.Context map(Observation.Context context) {
		if (context instanceof ServerRequestObservationContext) {
			context.removeHighCardinalityKeyValue(HighCardinalityKeyNames.HTTP_URL.asString());
		}
		return context;
	}

}
