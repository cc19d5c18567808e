package dev.usher.messaging;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.converter.ByteArrayMessageConverter;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.converter.DefaultContentTypeResolver;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandler;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.PathMatcher;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * What all beans of type {@link WebSocketMessageBrokerConfigurer} ask for, in their
 * order. Refuses, by the name of the class, what the gateway does not have.
 */
final class Configurers {

	private final List<WebSocketMessageBrokerConfigurer> all;

	private final ConfigurerRefusals refusals = new ConfigurerRefusals();

	private final InterceptorRegistration inbound = new InterceptorRegistration(this.refusals, "clientInboundChannel");

	private final BrokerRegistration broker = new BrokerRegistration(this.refusals);

	Configurers(List<WebSocketMessageBrokerConfigurer> all) {
		this.all = all;
		for (WebSocketMessageBrokerConfigurer configurer : all) {
			this.refusals.asking(configurer);
			configurer.registerStompEndpoints(new StompEndpoints(this.refusals));
			configurer.configureWebSocketTransport(new TransportRegistration(this.refusals));
			configurer.configureClientInboundChannel(this.inbound);
			checkOutbound(configurer);
			configurer.configureMessageBroker(this.broker);
		}
	}

	private void checkOutbound(WebSocketMessageBrokerConfigurer configurer) {
		InterceptorRegistration outbound = new InterceptorRegistration(this.refusals, "clientOutboundChannel");
		configurer.configureClientOutboundChannel(outbound);
		if (!outbound.registered().isEmpty()) {
			throw this.refusals.of("an interceptor for clientOutboundChannel",
					"a message is encoded once for all its subscribers, and no interceptor sees what leaves",
					"Change the message where it is published: configureMessageBroker(…).configureBrokerChannel() has "
							+ "interceptors for what the server sends, clientInboundChannel for what clients send.");
		}
	}

	/** The interceptors for frames of clients. */
	List<ChannelInterceptor> inbound() {
		return this.inbound.registered();
	}

	/** The interceptors for messages of the server. */
	List<ChannelInterceptor> broker() {
		return this.broker.channel().registered();
	}

	@Nullable PathMatcher pathMatcher() {
		return this.broker.pathMatcher();
	}

	List<HandlerMethodArgumentResolver> argumentResolvers() {
		List<HandlerMethodArgumentResolver> resolvers = new ArrayList<>();
		this.all.forEach((configurer) -> configurer.addArgumentResolvers(resolvers));
		return resolvers;
	}

	List<HandlerMethodReturnValueHandler> returnValueHandlers() {
		List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>();
		this.all.forEach((configurer) -> configurer.addReturnValueHandlers(handlers));
		return handlers;
	}

	/**
	 * Theirs, then Spring's own: texts, bytes, and JSON for the rest. JSON has the names
	 * of the extension's classes as they stand there; how the gateway writes its own JSON
	 * is no matter of theirs.
	 */
	CompositeMessageConverter converter() {
		List<MessageConverter> converters = new ArrayList<>();
		boolean defaults = true;
		for (WebSocketMessageBrokerConfigurer configurer : this.all) {
			defaults &= configurer.configureMessageConverters(converters);
		}
		if (defaults) {
			DefaultContentTypeResolver resolver = new DefaultContentTypeResolver();
			resolver.setDefaultMimeType(MimeTypeUtils.APPLICATION_JSON);
			JacksonJsonMessageConverter json = new JacksonJsonMessageConverter();
			json.setContentTypeResolver(resolver);
			converters.add(new StringMessageConverter());
			converters.add(new ByteArrayMessageConverter());
			converters.add(json);
		}
		return new CompositeMessageConverter(converters);
	}

}
