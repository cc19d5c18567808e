package dev.usher.messaging;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.config.SimpleBrokerRegistration;
import org.springframework.messaging.simp.config.StompBrokerRelayRegistration;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.util.PathMatcher;

/**
 * What a configurer may say of the broker, which is the gateway itself: the path matcher
 * of methods, and interceptors of the broker channel. Hints for the tuning of Spring's
 * simple broker are taken and mean nothing.
 */
final class BrokerRegistration extends MessageBrokerRegistry {

	private static final String APPLICATION = "/app";

	private static final String USER = "/user";

	private final ConfigurerRefusals refusals;

	private final InterceptorRegistration channel;

	BrokerRegistration(ConfigurerRefusals refusals) {
		super(new ExecutorSubscribableChannel(), new ExecutorSubscribableChannel());
		this.refusals = refusals;
		this.channel = new InterceptorRegistration(refusals, "brokerChannel");
	}

	InterceptorRegistration channel() {
		return this.channel;
	}

	@Nullable PathMatcher pathMatcher() {
		return getPathMatcher();
	}

	@Override
	public ChannelRegistration configureBrokerChannel() {
		return this.channel;
	}

	@Override
	public SimpleBrokerRegistration enableSimpleBroker(String... destinationPrefixes) {
		throw this.refusals.of("enableSimpleBroker", "the gateway is the broker",
				"Remove the call. /topic/… and /queue/… need no declaration, only rules in usher.access.");
	}

	@Override
	public StompBrokerRelayRegistration enableStompBrokerRelay(String... destinationPrefixes) {
		throw this.refusals.of("enableStompBrokerRelay", "the gateway is the broker",
				"Remove the call. /topic/… and /queue/… need no declaration, only rules in usher.access.");
	}

	@Override
	public MessageBrokerRegistry setApplicationDestinationPrefixes(String... prefixes) {
		for (String prefix : prefixes) {
			check("setApplicationDestinationPrefixes", prefix, APPLICATION);
		}
		return this;
	}

	@Override
	public MessageBrokerRegistry setUserDestinationPrefix(String destinationPrefix) {
		check("setUserDestinationPrefix", destinationPrefix, USER);
		return this;
	}

	private void check(String call, String prefix, String ours) {
		if (!prefix.equals(ours) && !prefix.equals(ours + "/")) {
			throw this.refusals.of(call + "(\"" + prefix + "\")", "the prefix is " + ours + " and cannot be changed",
					"Use \"" + ours + "\", or remove the call.");
		}
	}

}
