package dev.usher.socket;

import java.util.List;

import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;

/**
 * Takes the events of sessions, in the order they happened in each. Called by threads
 * that read, so it must not block; whoever implements it hands on to a thread of its own.
 */
public interface SessionEventListener {

	/** Whether anybody wants events of a type; the others are not even made. */
	boolean hears(Class<? extends AbstractSubProtocolEvent> type);

	/**
	 * A session has begun. Whoever counts sessions must hear both of its begin and of its
	 * end or of neither, so all of these events are taken or none.
	 * @param events of those types that anybody hears
	 * @return whether the session is heard of; where it is not, nothing of it comes to
	 * {@link #on} and {@link #last}
	 */
	boolean began(List<AbstractSubProtocolEvent> events);

	/** Takes an event of a session that is heard of; it may be lost. */
	void on(AbstractSubProtocolEvent event);

	/** Takes the last event of a session that is heard of; it is never lost. */
	void last(AbstractSubProtocolEvent event);

	/** An event is lost because its session is not heard of. */
	void lost();

	/**
	 * A session that had attributes is over; comes behind its last event.
	 * @param heardOf whether the session is heard of; where it is not, this may be lost
	 */
	void ended(SimpAttributes attributes, boolean heardOf);

}
