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
	 * Takes room for frames of one session, for all of them or for none.
	 * @param user whose share of what may wait they count in
	 * @param frames how many there are
	 * @param memory how many bytes they take together until they are handled
	 * @throws dev.usher.protocol.RefusedException
	 * {@link dev.usher.protocol.Reason#OVERLOADED} where too much waits
	 */
	Room reserve(String session, String user, int frames, long memory);

	/** Room for frames of one session. Used by one thread, which closes it. */
	interface Room extends AutoCloseable {

		/**
		 * Has the method run on a thread of its own kind, those of one session in order.
		 * @param message of a SEND or a SUBSCRIBE, whose headers nobody changes any more
		 * @param memory how many bytes the frame takes until then
		 * @return completes when it has run and what it returned was sent, with false
		 * where it failed and nothing of the extension handled that. Never fails
		 */
		CompletionStage<Boolean> handle(Message<?> message, int memory);

		/** Gives back what no frame has used. */
		@Override
		void close();

	}

}
