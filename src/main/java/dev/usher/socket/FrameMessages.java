package dev.usher.socket;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;

/**
 * A client's frame as a Spring message, so that channel interceptors can look at it: the
 * frame is the payload; type, session and user are where
 * {@link SimpMessageHeaderAccessor} has them. The headers stay mutable until the channel
 * is through, which is how an interceptor binds a user.
 */
final class FrameMessages {

	private static final String CONNECTION = "usherConnection";

	private FrameMessages() {
	}

	static Message<ClientFrame> of(StompConnection connection, ClientFrame frame) {
		SimpMessageHeaderAccessor accessor = SimpMessageHeaderAccessor.create(type(frame.command()));
		accessor.setSessionId(connection.id());
		accessor.setUser(connection.caller());
		if (connection.hasAttributes()) {
			accessor.setSessionAttributes(connection.attributes());
		}
		accessor.setHeader(CONNECTION, connection);
		accessor.setLeaveMutable(true);
		return MessageBuilder.createMessage(frame, accessor.getMessageHeaders());
	}

	private static SimpMessageType type(Command command) {
		return switch (command) {
			case CONNECT, STOMP -> SimpMessageType.CONNECT;
			case SEND -> SimpMessageType.MESSAGE;
			case SUBSCRIBE -> SimpMessageType.SUBSCRIBE;
			case UNSUBSCRIBE -> SimpMessageType.UNSUBSCRIBE;
			case DISCONNECT -> SimpMessageType.DISCONNECT;
			case ACK, NACK, BEGIN, COMMIT, ABORT -> SimpMessageType.OTHER;
		};
	}

	static SimpMessageHeaderAccessor accessor(Message<?> message) {
		SimpMessageHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message,
				SimpMessageHeaderAccessor.class);
		if (accessor == null) {
			throw new IllegalStateException("The message did not come from a connection");
		}
		return accessor;
	}

	static StompConnection connection(Message<?> message) {
		if (message.getHeaders().get(CONNECTION) instanceof StompConnection connection) {
			return connection;
		}
		throw new IllegalStateException("The message did not come from a connection");
	}

	static ClientFrame frame(Message<?> message) {
		return (ClientFrame) message.getPayload();
	}

}
