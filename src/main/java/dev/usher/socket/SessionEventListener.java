package dev.usher.socket;

import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;

/**
 * Takes the events of sessions, in the order they happened in each. Called by threads
 * that read, so it must not block; whoever implements it hands on to a thread of its own.
 */
public interface SessionEventListener {

	/** Whether anybody wants events of a type; the others are not even made. */
	boolean hears(Class<? extends AbstractSubProtocolEvent> type);

	/** Takes an event. */
	void on(AbstractSubProtocolEvent event);

	/** A session that had attributes is over; comes behind its last event. */
	void ended(SimpAttributes attributes);

}
