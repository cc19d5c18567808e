package dev.usher.messaging;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;

/** Looks whether anybody but Spring itself listens to a type of event. */
final class Listeners {

	private static final String SPRING = "org.springframework.";

	private static final ResolvableType ANY = ResolvableType.forClass(ApplicationEvent.class);

	private Listeners() {
	}

	/**
	 * Whether a listener of somebody else's is there for a type. Spring has some for all
	 * events there are, which have no interest in these.
	 */
	static boolean ofOthers(AbstractApplicationContext context, Class<? extends ApplicationEvent> type) {
		ResolvableType asked = ResolvableType.forClass(type);
		return context.getApplicationListeners().stream().anyMatch((listener) -> hears(listener, asked));
	}

	private static boolean hears(ApplicationListener<?> listener, ResolvableType type) {
		GenericApplicationListenerAdapter adapter = new GenericApplicationListenerAdapter(listener);
		return adapter.supportsEventType(type)
				&& !(owner(listener).startsWith(SPRING) && adapter.supportsEventType(ANY));
	}

	/** The class of a listener, also where it is a method. */
	private static String owner(ApplicationListener<?> listener) {
		return (listener instanceof ApplicationListenerMethodAdapter method) ? method.getListenerId()
				: listener.getClass().getName();
	}

}
