package dev.usher.node;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.usher.thread.FailureLog;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Whether this node drains: it is not ready, lets nobody in, leaves to other nodes what
 * it had taken and sends its connections to them. There is no way back but a restart. Any
 * thread may ask; never blocks.
 */
@Component
public class Draining {

	private final ObjectProvider<DrainListener> listeners;

	private final AtomicBoolean begun = new AtomicBoolean();

	private final FailureLog failures = new FailureLog(LoggerFactory.getLogger(Draining.class),
			"A part of this node could not be drained");

	Draining(ObjectProvider<DrainListener> listeners) {
		this.listeners = listeners;
	}

	public boolean isBegun() {
		return this.begun.get();
	}

	/**
	 * Begins to drain, because an administrator wants it or because the process ends.
	 * Only the first call does anything.
	 */
	public void begin() {
		if (this.begun.compareAndSet(false, true)) {
			// Not ready first, so that nobody is sent here who would be sent away.
			this.listeners.forEach((listener) -> this.failures.guard(listener::onDrain).run());
		}
	}

}
