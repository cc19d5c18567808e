package dev.usher.socket;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.usher.protocol.Message;
import dev.usher.protocol.OwnedHeaders;

import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;

/**
 * The end of the client outbound channel: a message for one session, namely for one
 * subscription of it or for those to one destination. That is what answers a SUBSCRIBE to
 * a method and what is meant for one session of a user. It is live whatever the
 * destination, and one for a session that is gone is dropped. All that is published goes
 * another way.
 */
class SessionMessages implements MessageHandler {

	/** No id of a published message begins so. */
	private static final String ID = "session-message-";

	private final Connections connections;

	private final AtomicLong ids = new AtomicLong();

	private final Traffic traffic;

	SessionMessages(Connections connections, Traffic traffic) {
		this.connections = connections;
		this.traffic = traffic;
	}

	/** Whether a message of this id was for one session, so that no log has it. */
	static boolean isId(String messageId) {
		return messageId.startsWith(ID);
	}

	@Override
	public void handleMessage(org.springframework.messaging.Message<?> message) {
		MessageHeaders headers = message.getHeaders();
		String session = SimpMessageHeaderAccessor.getSessionId(headers);
		String subscription = SimpMessageHeaderAccessor.getSubscriptionId(headers);
		String destination = SimpMessageHeaderAccessor.getDestination(headers);
		if (SimpMessageHeaderAccessor.getMessageType(headers) != SimpMessageType.MESSAGE || session == null
				|| (subscription == null && destination == null)) {
			throw new MessageDeliveryException(message, "clientOutboundChannel takes messages of type MESSAGE with a "
					+ "session id and either a subscription id or a destination");
		}
		StompConnection connection = this.connections.connected(session);
		if (connection != null && !connection.outlet().isExpired()) {
			connection.subscriptions().byId().forEach((id, each) -> {
				if ((subscription != null) ? id.equals(subscription)
						: each.destination().asSubscribed().equals(destination)) {
					boolean taken = each.deliver(new EncodedMessage(encodable(message, each)));
					this.traffic.live(each.destination(), (taken) ? 1 : 0);
				}
			});
		}
	}

	private Message encodable(org.springframework.messaging.Message<?> message, Subscription subscription) {
		Map<String, String> own = new LinkedHashMap<>();
		NativeHeaders.map(message.getHeaders()).forEach((name, values) -> {
			if (!values.isEmpty() && OwnedHeaders.isPlain(name) && !OwnedHeaders.contains(name)) {
				own.put(name, values.get(0));
			}
		});
		Object contentType = message.getHeaders().get(MessageHeaders.CONTENT_TYPE);
		return new Message(ID + this.ids.incrementAndGet(), subscription.destination(),
				(contentType != null) ? contentType.toString() : null, own, body(message));
	}

	private static byte[] body(org.springframework.messaging.Message<?> message) {
		if (message.getPayload() instanceof byte[] bytes) {
			return bytes;
		}
		if (message.getPayload() instanceof String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}
		throw new MessageDeliveryException(message, "A payload here is bytes or a text; the converters of "
				+ "brokerMessageConverter make one of everything else");
	}

}
