package dev.usher.socket;

import java.util.concurrent.CompletionStage;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageType;

/**
 * The methods of extensions that are mapped to destinations under {@code /app/}. Called
 * by threads that read, so it must not block. Whoever calls has checked that the caller
 * may send or subscribe there.
 */
public interface ApplicationHandlers {

	/** Whether there is none. */
	boolean isEmpty();

	/**
	 * Whether a method is mapped to a destination.
	 * @param type {@code MESSAGE} for a SEND, or {@code SUBSCRIBE}
	 */
	boolean handles(SimpMessageType type, String destination);

	/**
	 * Has the method run on a thread of its own kind, those of one session in order.
	 * @param message of a SEND or a SUBSCRIBE, whose headers nobody changes any more
	 * @param memory how many bytes the frame takes until then
	 * @return completes when it has run and what it returned was sent, with false where
	 * it failed and nothing of the extension handled that. Never fails
	 * @throws dev.usher.protocol.RefusedException
	 * {@link dev.usher.protocol.Reason#OVERLOADED} where too much waits
	 */
	CompletionStage<Boolean> handle(Message<?> message, int memory);

}
