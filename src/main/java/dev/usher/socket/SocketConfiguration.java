package dev.usher.socket;

import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.usher.access.UserDirectory;
import dev.usher.edge.ClientAddress;
import dev.usher.edge.OriginProperties;
import dev.usher.edge.UnlistedOrigins;
import dev.usher.inbox.Inbox;
import dev.usher.publish.Publisher;
import dev.usher.session.CookieLogins;
import dev.usher.session.LiveConnections;
import dev.usher.session.Sessions;
import dev.usher.session.Tickets;
import dev.usher.stomp.Command;
import dev.usher.thread.Worker;
import dev.usher.thread.Workers;
import dev.usher.token.Revocations;
import dev.usher.token.TokenVerifier;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;

/**
 * How the parts of a connection are put together. The inbound channel has no executor: a
 * frame is handled on the thread that read it, so that the frames of one connection keep
 * their order and cross no queue.
 */
@Configuration(proxyBeanMethods = false)
class SocketConfiguration {

	@Bean
	Credentials credentials(TokenVerifier verifier, Tickets tickets, CookieLogins cookies) {
		return new Credentials(verifier, tickets, cookies);
	}

	/**
	 * The channel all frames of clients go through, first these three interceptors, then
	 * those of others.
	 */
	@Bean
	ExecutorSubscribableChannel clientInboundChannel(Credentials credentials, Revocations revocations,
			FrameDispatcher dispatcher, List<ChannelInterceptor> others) {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		channel.addInterceptor(new FrameGuard());
		channel.addInterceptor(new ConnectInterceptor(credentials));
		channel.addInterceptor(new RenewalInterceptor(credentials, revocations));
		others.forEach(channel::addInterceptor);
		channel.subscribe(dispatcher);
		return channel;
	}

	@Bean
	FrameDispatcher frameDispatcher(SocketProperties properties, Revocations revocations, Sessions sessions,
			Admission admission, Connections connections, UserDirectory users, Publisher publisher,
			Subscriptions subscriptions, Inbox inbox, SocketAudit audit) {
		SendHandler send = new SendHandler(publisher);
		AcknowledgeHandler acknowledge = new AcknowledgeHandler();
		TransactionHandler transaction = new TransactionHandler(send, acknowledge);
		ConnectHandler connect = new ConnectHandler(properties, revocations, sessions, admission, connections, users,
				audit);
		Map<Command, FrameHandler> handlers = new EnumMap<>(Command.class);
		handlers.put(Command.CONNECT, connect);
		handlers.put(Command.STOMP, connect);
		handlers.put(Command.SEND, send);
		handlers.put(Command.SUBSCRIBE,
				new SubscribeHandler(subscriptions, inbox, properties.outbound().storedBytes()));
		handlers.put(Command.UNSUBSCRIBE, new UnsubscribeHandler());
		handlers.put(Command.ACK, acknowledge);
		handlers.put(Command.NACK, acknowledge);
		handlers.put(Command.BEGIN, transaction);
		handlers.put(Command.COMMIT, transaction);
		handlers.put(Command.ABORT, transaction);
		handlers.put(Command.DISCONNECT, new DisconnectHandler());
		return new FrameDispatcher(handlers);
	}

	@Bean
	StompGateway stompGateway(SocketProperties properties, Clock clock, Connections connections,
			ExecutorSubscribableChannel clientInboundChannel, SocketAudit audit) {
		return new StompGateway(properties, clock, connections, clientInboundChannel, audit);
	}

	@Bean
	Workers socketWorkers(StompGateway gateway) {
		List<Worker> workers = List.of(gateway.wheel().worker());
		return () -> workers;
	}

	@Bean
	LiveConnections liveConnections(Connections connections) {
		return connections::ofSession;
	}

}
