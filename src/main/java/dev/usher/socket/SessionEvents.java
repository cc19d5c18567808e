package dev.usher.socket;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;

import dev.usher.stomp.Command;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.stereotype.Component;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;
import org.springframework.web.socket.messaging.SessionUnsubscribeEvent;

/**
 * Makes Spring's events of what happens in sessions, for whoever listens: of a CONNECT
 * and a SUBSCRIBE when they have taken effect, of the end of each session that had begun.
 * None is made of a type that nobody listens to.
 */
@Component
class SessionEvents {

	private static final byte[] NO_PAYLOAD = {};

	private final SingletonSupplier<SessionEventListener> listener;

	SessionEvents(ObjectProvider<SessionEventListener> listener) {
		this.listener = SingletonSupplier.ofNullable(listener::getIfAvailable);
	}

	/** Whether anybody listens to any. */
	boolean any() {
		return hears(SessionConnectEvent.class) || hears(SessionConnectedEvent.class)
				|| hears(SessionSubscribeEvent.class) || hears(SessionUnsubscribeEvent.class)
				|| hears(SessionDisconnectEvent.class);
	}

	private boolean hears(Class<? extends AbstractSubProtocolEvent> type) {
		SessionEventListener present = this.listener.get();
		return present != null && present.hears(type);
	}

	/** A frame has passed the channel and has taken effect, or has begun to. */
	void passed(InboundFrame inbound) {
		Command command = inbound.frame().command();
		StompConnection connection = inbound.connection();
		if (command.connects()) {
			connection.told()
				.begin(() -> connected(connection, inbound.message()), (status) -> disconnected(connection, status));
		}
		else if (command == Command.SUBSCRIBE && hears(SessionSubscribeEvent.class)) {
			connection.told()
				.during(() -> tell(connection,
						new SessionSubscribeEvent(this, frozen(inbound.message()), connection.user())));
		}
		else if (command == Command.UNSUBSCRIBE && hears(SessionUnsubscribeEvent.class)) {
			connection.told()
				.during(() -> tell(connection,
						new SessionUnsubscribeEvent(this, frozen(inbound.message()), connection.user())));
		}
	}

	/** Whether the session is heard of. */
	private boolean connected(StompConnection connection, Message<?> connect) {
		SessionEventListener present = this.listener.get();
		if (present == null) {
			return false;
		}
		Principal user = connection.user();
		List<AbstractSubProtocolEvent> events = new ArrayList<>(2);
		if (hears(SessionConnectEvent.class)) {
			events.add(new SessionConnectEvent(this, frozen(connect), user));
		}
		if (hears(SessionConnectedEvent.class)) {
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.CONNECT_ACK);
			headers.setHeader(SimpMessageHeaderAccessor.CONNECT_MESSAGE_HEADER, frozen(connect));
			events.add(new SessionConnectedEvent(this, message(connection, headers), user));
		}
		return present.began(events);
	}

	/** The socket of a connection is gone. */
	void closed(StompConnection connection, int status) {
		if (!connection.told().end(status, (closed) -> disconnected(connection, closed))) {
			destroy(connection);
		}
	}

	private void disconnected(StompConnection connection, int status) {
		if (hears(SessionDisconnectEvent.class)) {
			Message<byte[]> message = message(connection, StompHeaderAccessor.create(StompCommand.DISCONNECT));
			tell(connection, new SessionDisconnectEvent(this, message, connection.id(), new CloseStatus(status),
					connection.user()));
		}
		destroy(connection);
	}

	/** Has what others keep with the session destroyed; doing so twice does nothing. */
	private void destroy(StompConnection connection) {
		SessionEventListener present = this.listener.get();
		if (connection.hasAttributes() && present != null) {
			present.ended(new SimpAttributes(connection.id(), connection.attributes()), connection.told().isHeardOf());
		}
	}

	private static Message<byte[]> message(StompConnection connection, SimpMessageHeaderAccessor headers) {
		headers.setSessionId(connection.id());
		headers.setSessionAttributes(connection.attributes());
		headers.setUser(connection.user());
		return MessageBuilder.createMessage(NO_PAYLOAD, headers.getMessageHeaders());
	}

	/** The listeners look at it on another thread. */
	@SuppressWarnings("unchecked")
	private static Message<byte[]> frozen(Message<?> message) {
		FrameMessages.freeze(message);
		return (Message<byte[]>) message;
	}

	private void tell(StompConnection connection, AbstractSubProtocolEvent event) {
		SessionEventListener present = this.listener.get();
		if (present == null) {
			return;
		}
		if (!connection.told().isHeardOf()) {
			present.lost();
		}
		else if (event instanceof SessionDisconnectEvent) {
			present.last(event);
		}
		else {
			present.on(event);
		}
	}

}
