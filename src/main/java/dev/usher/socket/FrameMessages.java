package dev.usher.socket;

import java.util.List;
import java.util.Map;

import dev.usher.stomp.ClientFrame;
import dev.usher.stomp.Command;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeTypeUtils;

/**
 * A client's frame as a Spring message: the body is the payload; command, native headers,
 * session and user are where {@link StompHeaderAccessor} has them. The headers stay
 * mutable until the channel is through.
 */
final class FrameMessages {

	private static final String CONTENT_TYPE = "content-type";

	private FrameMessages() {
	}

	/**
	 * A message of a frame.
	 * @param attributes whether anybody may look for the attributes of the session, which
	 * are made by being looked for
	 */
	static Message<byte[]> of(StompConnection connection, ClientFrame frame, boolean attributes) {
		StompHeaderAccessor accessor = accessor(frame);
		accessor.setSessionId(connection.id());
		if (attributes) {
			accessor.setSessionAttributes(connection.attributes());
		}
		accessor.setUser(connection.user());
		accessor.setLeaveMutable(true);
		return MessageBuilder.createMessage(frame.body(), accessor.getMessageHeaders());
	}

	private static StompHeaderAccessor accessor(ClientFrame frame) {
		Map<String, List<String>> headers = NativeHeaders.of(frame);
		StompCommand command = command(frame.command());
		String contentType = frame.header(CONTENT_TYPE);
		if (contentType == null || isMimeType(contentType)) {
			return StompHeaderAccessor.create(command, headers);
		}
		// Spring's accessor throws, while STOMP gives the value no form.
		headers.remove(CONTENT_TYPE);
		StompHeaderAccessor accessor = StompHeaderAccessor.create(command, headers);
		accessor.setNativeHeader(CONTENT_TYPE, contentType);
		return accessor;
	}

	private static boolean isMimeType(String contentType) {
		try {
			MimeTypeUtils.parseMimeType(contentType);
			return true;
		}
		catch (InvalidMimeTypeException ex) {
			return false;
		}
	}

	private static StompCommand command(Command command) {
		return switch (command) {
			case CONNECT -> StompCommand.CONNECT;
			case STOMP -> StompCommand.STOMP;
			case SEND -> StompCommand.SEND;
			case SUBSCRIBE -> StompCommand.SUBSCRIBE;
			case UNSUBSCRIBE -> StompCommand.UNSUBSCRIBE;
			case DISCONNECT -> StompCommand.DISCONNECT;
			case ACK -> StompCommand.ACK;
			case NACK -> StompCommand.NACK;
			case BEGIN -> StompCommand.BEGIN;
			case COMMIT -> StompCommand.COMMIT;
			case ABORT -> StompCommand.ABORT;
		};
	}

	/** No more changes: others may read the headers on another thread. */
	static void freeze(Message<?> message) {
		MessageHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message, null);
		if (accessor != null) {
			accessor.setImmutable();
		}
	}

	static @Nullable StompHeaderAccessor accessor(Message<?> message) {
		return MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
	}

}
