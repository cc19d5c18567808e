package dev.usher.publish;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.access.Caller;
import dev.usher.bus.Bus;
import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;
import dev.usher.protocol.Reason;
import dev.usher.protocol.RefusedException;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The one line every published message takes. Any thread may call.
 */
@Component
public class Publisher {

	private final Bus bus;

	private final String idPrefix = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-";

	private final AtomicLong ids = new AtomicLong();

	public Publisher(Bus bus) {
		this.bus = bus;
	}

	/**
	 * Publishes a message.
	 * @param caller who publishes
	 * @param to the destination as the caller wrote it
	 * @param contentType what the body is, or null
	 * @param headers the caller's own headers, none of those the protocol owns
	 * @param body the bytes; the caller gives them away
	 * @return how many connections took it
	 * @throws RefusedException {@link Reason#BAD_FRAME} where that is no destination,
	 * {@link Reason#FORBIDDEN} where the caller may not publish there
	 */
	public int publish(Caller caller, String to, @Nullable String contentType, Map<String, String> headers,
			byte[] body) {
		Destination destination = check(caller, to);
		String id = this.idPrefix + Long.toString(this.ids.getAndIncrement(), Character.MAX_RADIX);
		return this.bus.announce(new Message(id, destination, contentType, headers, body));
	}

	/**
	 * Refuses what {@link #publish} would refuse, and does nothing else.
	 * @return the destination
	 */
	public Destination check(Caller caller, String to) {
		Destination destination = Destination.forPublish(to);
		if (!caller.permissions().mayPublish(destination)) {
			throw new RefusedException(Reason.FORBIDDEN, "You are not allowed to publish here.");
		}
		return destination;
	}

}
