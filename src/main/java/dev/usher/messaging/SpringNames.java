package dev.usher.messaging;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.web.socket.config.annotation.DelegatingWebSocketMessageBrokerConfiguration;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;

/**
 * Gives the beans of the gateway the names that Spring's have, so that code finds them by
 * name too, and refuses {@code @EnableWebSocketMessageBroker}, which would bring a second
 * broker. They have other names first, because two definitions of one name would end the
 * start before anybody could say which class brought the second.
 */
final class SpringNames implements BeanFactoryPostProcessor {

	/** Of ours beside the first letters; those of Spring begin in lower case. */
	private static final String[] NAMES = { "ClientInboundChannel", "ClientOutboundChannel", "BrokerChannel",
			"BrokerMessagingTemplate", "BrokerMessageConverter", "SimpAnnotationMethodMessageHandler", "UserRegistry" };

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
		for (String name : factory.getBeanDefinitionNames()) {
			String offender = enables(factory.getBeanDefinition(name));
			if (offender != null) {
				throw new UnsupportedMessagingException(
						offender + " has @EnableWebSocketMessageBroker, and the gateway is the broker.",
						"Remove the annotation. A bean of type WebSocketMessageBrokerConfigurer is found without it, and "
								+ "SimpMessagingTemplate, @MessageMapping and interceptors work as they are.");
			}
		}
		for (String name : NAMES) {
			String alias = Character.toLowerCase(name.charAt(0)) + name.substring(1);
			if (!factory.containsBean(alias)) {
				factory.registerAlias("usher" + name, alias);
			}
		}
	}

	private static @Nullable String enables(BeanDefinition definition) {
		if (definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() == null
				&& annotated.getMetadata().isAnnotated(EnableWebSocketMessageBroker.class.getName())) {
			return annotated.getMetadata().getClassName();
		}
		boolean imported = DelegatingWebSocketMessageBrokerConfiguration.class.getName()
			.equals(definition.getBeanClassName()) && definition.getFactoryMethodName() == null
				&& !(definition instanceof AnnotatedBeanDefinition);
		return (imported) ? definition.getBeanClassName() : null;
	}

}
