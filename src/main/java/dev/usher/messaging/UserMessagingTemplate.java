package dev.usher.messaging;

import java.util.Map;

import dev.usher.protocol.Destination;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.core.MessagePostProcessor;
import org.springframework.messaging.simp.SimpMessagingTemplate;

/** Spring's template, writing names of users as the gateway's destinations have them. */
final class UserMessagingTemplate extends SimpMessagingTemplate {

	UserMessagingTemplate(MessageChannel channel) {
		super(channel);
	}

	@Override
	public void convertAndSendToUser(String user, String destination, Object payload,
			@Nullable Map<String, Object> headers, @Nullable MessagePostProcessor postProcessor) {
		String path = destination.startsWith("/") ? destination : "/" + destination;
		convertAndSend(getUserDestinationPrefix() + Destination.encode(user) + path, payload, headers, postProcessor);
	}

}
