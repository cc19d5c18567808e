package dev.usher.messaging;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import dev.usher.publish.Publisher;
import dev.usher.socket.ReadingThread;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.converter.CompositeMessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.SimpSessionScope;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.messaging.support.InterceptableChannel;
import org.springframework.util.PathMatcher;
import org.springframework.validation.Validator;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * The beans that code written for Spring's broker expects, over the gateway's own. They
 * carry Spring's names as aliases, see {@link SpringNames}.
 */
@Configuration(proxyBeanMethods = false)
class MessagingConfiguration {

	@Bean
	static SpringNames springNames() {
		return new SpringNames();
	}

	/** Beans of the scope {@code websocket} live as long as their session. */
	@Bean
	static CustomScopeConfigurer usherWebSocketScope() {
		CustomScopeConfigurer configurer = new CustomScopeConfigurer();
		configurer.addScope("websocket", new SimpSessionScope());
		return configurer;
	}

	@Bean
	Configurers messagingConfigurers(ObjectProvider<WebSocketMessageBrokerConfigurer> configurers) {
		return new Configurers(configurers.orderedStream().toList());
	}

	@Bean
	CompositeMessageConverter usherBrokerMessageConverter(Configurers configurers) {
		return configurers.converter();
	}

	@Bean
	BrokerChannel usherBrokerChannel(Publisher publisher, @Qualifier("usherUserRegistry") SimpUserRegistry users,
			@Qualifier("usherClientOutboundChannel") MessageChannel outbound, ReadingThread readingThread,
			Configurers configurers) {
		BrokerChannel channel = new BrokerChannel(publisher, new SessionTargets(users, outbound), readingThread);
		configurers.broker().forEach(channel::addInterceptor);
		return channel;
	}

	@Bean
	SimpMessagingTemplate usherBrokerMessagingTemplate(BrokerChannel channel,
			@Qualifier("usherBrokerMessageConverter") CompositeMessageConverter converter) {
		UserMessagingTemplate template = new UserMessagingTemplate(channel);
		template.setMessageConverter(converter);
		return template;
	}

	@Bean
	HandlerThreads handlerThreads(HandlerProperties properties) {
		return new HandlerThreads(properties);
	}

	@Bean
	HandlerFailures handlerFailures() {
		return new HandlerFailures();
	}

	@Bean
	AnnotatedHandlers usherSimpAnnotationMethodMessageHandler(
			@Qualifier("usherClientOutboundChannel") MessageChannel outbound,
			@Qualifier("usherBrokerMessagingTemplate") SimpMessagingTemplate template,
			@Qualifier("usherBrokerMessageConverter") CompositeMessageConverter converter, HandlerThreads threads,
			HandlerFailures failures, Configurers configurers,
			@Qualifier("mvcValidator") ObjectProvider<Validator> validator) {
		AnnotatedHandlers handlers = new AnnotatedHandlers(outbound, template, threads, failures);
		handlers.setDestinationPrefixes(List.of("/app/"));
		handlers.setMessageConverter(converter);
		handlers.setCustomArgumentResolvers(configurers.argumentResolvers());
		handlers.setCustomReturnValueHandlers(configurers.returnValueHandlers());
		handlers.setValidator(validator.getIfAvailable());
		PathMatcher pathMatcher = configurers.pathMatcher();
		if (pathMatcher != null) {
			handlers.setPathMatcher(pathMatcher);
		}
		return handlers;
	}

	@Bean
	SessionEventPublisher sessionEventPublisher(AbstractApplicationContext context) {
		return new SessionEventPublisher(context);
	}

	/**
	 * Adds the interceptors of others to the channel that frames of clients go through,
	 * once all beans are there: those that are beans in their order, then those that
	 * configurers name. One that was named for the broker channel is meant for that
	 * alone.
	 */
	@Bean
	SmartInitializingSingleton clientInterceptors(
			@Qualifier("usherClientInboundChannel") ExecutorSubscribableChannel channel,
			ObjectProvider<ChannelInterceptor> beans, Configurers configurers) {
		return () -> interceptors(beans, configurers).forEach(((InterceptableChannel) channel)::addInterceptor);
	}

	private static List<ChannelInterceptor> interceptors(ObjectProvider<ChannelInterceptor> beans,
			Configurers configurers) {
		Set<ChannelInterceptor> known = Collections.newSetFromMap(new IdentityHashMap<>());
		known.addAll(configurers.broker());
		List<ChannelInterceptor> all = new ArrayList<>();
		beans.orderedStream().filter(known::add).forEach(all::add);
		configurers.inbound().stream().filter(known::add).forEach(all::add);
		return all;
	}

}
