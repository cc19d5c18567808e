package dev.usher.trace;

import java.util.Map;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;

/**
 * Begins spans, as observations of Micrometer. Micrometer Tracing is no dependency: off
 * unless an operator has put it on the class path with a tracer, and then whoever asks
 * has read one field and made nothing. Any thread.
 */
@Component
public class Traces implements SmartInitializingSingleton {

	/** What Spring Boot makes of a tracer. */
	static final String HANDLER = "io.micrometer.tracing.handler.TracingObservationHandler";

	private final @Nullable ListableBeanFactory beans;

	private volatile @Nullable ObservationRegistry registry;

	@Autowired
	Traces(ListableBeanFactory beans) {
		this.beans = beans;
	}

	private Traces() {
		this.beans = null;
	}

	/** Those of nobody, for parts that are put together by hand. */
	public static Traces off() {
		return new Traces();
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.beans != null && ClassUtils.isPresent(HANDLER, null)) {
			Class<?> handler = ClassUtils.resolveClassName(HANDLER, null);
			if (this.beans.getBeanNamesForType(handler).length > 0) {
				this.registry = this.beans.getBeanProvider(ObservationRegistry.class).getIfAvailable();
			}
		}
	}

	/** Whether there is a tracer. */
	public boolean areOn() {
		return this.registry != null;
	}

	/**
	 * Begins a span below what the thread is at, a request mostly; where it is at
	 * nothing, below the span that headers name.
	 * @param name of the observation, one of few
	 * @param word what the span is called, one of few
	 * @param headers those of whoever caused it, who must be allowed to; empty for none
	 * @return what is to be stopped, or null where there is no tracer
	 */
	public @Nullable Observation begin(String name, String word, Map<String, String> headers) {
		ObservationRegistry registry = this.registry;
		if (registry == null) {
			return null;
		}
		Observation observation = (headers.isEmpty() || registry.getCurrentObservation() != null)
				? Observation.createNotStarted(name, registry)
				: Observation.createNotStarted(name, () -> received(headers), registry);
		return observation.contextualName(word).start();
	}

	private static Observation.Context received(Map<String, String> headers) {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, Kind.CONSUMER);
		context.setCarrier(headers);
		return context;
	}

}
