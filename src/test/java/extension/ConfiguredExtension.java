package extension;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.AbstractMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/** Uses all that a configurer can give. */
@Controller
public class ConfiguredExtension implements WebSocketMessageBrokerConfigurer {

	public final List<String> frames = new CopyOnWriteArrayList<>();

	public final List<String> sent = new CopyOnWriteArrayList<>();

	@MessageMapping("/resolved")
	@SendTo("/topic/configured")
	public String resolved(Thread argument) {
		return argument.getName();
	}

	@Override
	public void configureClientInboundChannel(ChannelRegistration registration) {
		registration.interceptors(new ChannelInterceptor() {

			@Override
			public Message<?> preSend(Message<?> message, MessageChannel channel) {
				ConfiguredExtension.this.frames
					.add(String.valueOf(StompHeaderAccessor.getCommand(message.getHeaders())));
				return message;
			}

		});
	}

	@Override
	public void configureMessageBroker(MessageBrokerRegistry registry) {
		registry.configureBrokerChannel().interceptors(new ChannelInterceptor() {

			@Override
			public Message<?> preSend(Message<?> message, MessageChannel channel) {
				ConfiguredExtension.this.sent
					.add(String.valueOf(SimpMessageHeaderAccessor.getDestination(message.getHeaders())));
				return message;
			}

		});
	}

	@Override
	public boolean configureMessageConverters(List<MessageConverter> messageConverters) {
		messageConverters.add(new Reversing());
		return true;
	}

	@Override
	public void addArgumentResolvers(List<HandlerMethodArgumentResolver> argumentResolvers) {
		argumentResolvers.add(new HandlerMethodArgumentResolver() {

			@Override
			public boolean supportsParameter(MethodParameter parameter) {
				return parameter.getParameterType() == Thread.class;
			}

			@Override
			public Object resolveArgument(MethodParameter parameter, Message<?> message) {
				return new Thread("resolved by the configurer");
			}

		});
	}

	/** Writes builders of texts from behind. */
	private static final class Reversing extends AbstractMessageConverter {

		Reversing() {
			super();
			setStrictContentTypeMatch(false);
		}

		@Override
		protected boolean supports(Class<?> type) {
			return type == StringBuilder.class;
		}

		@Override
		protected Object convertToInternal(Object payload, @Nullable MessageHeaders headers,
				@Nullable Object conversionHint) {
			return new StringBuilder(payload.toString()).reverse().toString().getBytes(StandardCharsets.UTF_8);
		}

	}

}
