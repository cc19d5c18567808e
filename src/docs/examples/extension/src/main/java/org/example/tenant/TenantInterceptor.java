package org.example.tenant;

import java.util.Map;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;

/**
 * Notes the tenant that CONNECT names, in the shape of the interceptor in Spring's
 * documentation. It is what the client says of itself: the gateway has verified the user
 * and nothing else.
 */
class TenantInterceptor implements ChannelInterceptor {

	static final String TENANT = "tenant";

	@Override
	public Message<?> preSend(Message<?> message, MessageChannel channel) {
		StompHeaderAccessor accessor = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
		if (accessor != null && StompCommand.CONNECT.equals(accessor.getCommand())) {
			String tenant = accessor.getFirstNativeHeader(TENANT);
			Map<String, Object> attributes = accessor.getSessionAttributes();
			if (tenant != null && attributes != null) {
				attributes.put(TENANT, tenant);
			}
		}
		return message;
	}

}
