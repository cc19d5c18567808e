package dev.usher.socket;

import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.usher.access.UserDirectory;
import dev.usher.bus.Bus;
import dev.usher.cluster.Standstill;
import dev.usher.dpop.Proofs;
import dev.usher.edge.ClientAddress;
import dev.usher.edge.OriginProperties;
import dev.usher.edge.UnlistedOrigins;
import dev.usher.inbox.Inbox;
import dev.usher.node.NodeLoad;
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
import org.springframework.messaging.support.ExecutorSubscribableChannel;

/** How the parts of a connection are put together. */
@Configuration(proxyBeanMethods = false)
class SocketConfiguration {

	@Bean
	Credentials credentials(TokenVerifier verifier, Tickets tickets, CookieLogins cookies, Proofs proofs) {
		return new Credentials(verifier, tickets, cookies, proofs);
	}

	/**
	 * The channel that frames of clients go through. Its name is Spring's, by an alias:
	 * see {@code dev.usher.messaging}.
	 */
	@Bean
	ClientInboundChannel usherClientInboundChannel(Credentials credentials, Admission admission,
			FrameDispatcher dispatcher) {
		return new ClientInboundChannel(new ConnectInterceptor(credentials, admission), dispatcher);
	}

	/** The channel of messages for one session. */
	@Bean
	ExecutorSubscribableChannel usherClientOutboundChannel(Connections connections, Traffic traffic) {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		channel.subscribe(new SessionMessages(connections, traffic));
		return channel;
	}

	@Bean
	ReadingThread readingThread() {
		return InboundFrame::isUnderWay;
	}

	@Bean
	InboundRoute inboundRoute(Credentials credentials, Revocations revocations, ClientInboundChannel channel,
			FrameDispatcher dispatcher, SlowInterceptors slow, SessionEvents events, ConnectSpans spans) {
		return new InboundRoute(new Renewal(credentials, revocations), channel, dispatcher, slow, events, spans);
	}

	@Bean
	FrameDispatcher frameDispatcher(SocketProperties properties, Revocations revocations, Sessions sessions,
			Admission admission, Connections connections, UserDirectory users, Publisher publisher,
			Subscriptions subscriptions, Inbox inbox, Bus bus, SocketAudit audit, ApplicationFrames application,
			Traffic traffic) {
		SendHandler send = new SendHandler(publisher);
		AcknowledgeHandler acknowledge = new AcknowledgeHandler();
		TransactionHandler transaction = new TransactionHandler(send, application, acknowledge);
		ConnectHandler connect = new ConnectHandler(properties, revocations, sessions, admission, connections, users,
				audit);
		Map<Command, FrameHandler> handlers = new EnumMap<>(Command.class);
		handlers.put(Command.CONNECT, connect);
		handlers.put(Command.STOMP, connect);
		handlers.put(Command.SEND, send);
		handlers.put(Command.SUBSCRIBE,
				new SubscribeHandler(subscriptions, inbox, bus, properties.outbound().storedBytes(), traffic));
		handlers.put(Command.UNSUBSCRIBE, new UnsubscribeHandler());
		handlers.put(Command.ACK, acknowledge);
		handlers.put(Command.NACK, acknowledge);
		handlers.put(Command.BEGIN, transaction);
		handlers.put(Command.COMMIT, transaction);
		handlers.put(Command.ABORT, transaction);
		handlers.put(Command.DISCONNECT, new DisconnectHandler());
		return new FrameDispatcher(handlers, application);
	}

	@Bean
	StompGateway stompGateway(SocketProperties properties, Clock clock, Connections connections, InboundRoute route,
			SessionEvents events, SocketAudit audit, Standstill standstill) {
		return new StompGateway(properties, clock, connections, route, events, audit, standstill::awaitHeard);
	}

	@Bean
	Workers socketWorkers(StompGateway gateway) {
		List<Worker> workers = List.of(gateway.wheel().worker());
		return () -> workers;
	}

	@Bean
	NodeLoad nodeLoad(Connections connections) {
		return connections::size;
	}

	@Bean
	LiveConnections liveConnections(Connections connections) {
		return connections::ofSessions;
	}

}
