package dev.usher.messaging;

import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.config.annotation.SockJsServiceRegistration;
import org.springframework.web.socket.config.annotation.StompWebSocketEndpointRegistration;
import org.springframework.web.socket.config.annotation.WebMvcStompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.messaging.StompSubProtocolErrorHandler;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;
import org.springframework.web.socket.server.HandshakeHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Accepts the one endpoint there is, and nothing that would change it. */
final class StompEndpoints extends WebMvcStompEndpointRegistry {

	private static final String PATH = "/ws";

	private final ConfigurerRefusals refusals;

	StompEndpoints(ConfigurerRefusals refusals) {
		super(new SubProtocolWebSocketHandler(new ExecutorSubscribableChannel(), new ExecutorSubscribableChannel()),
				new WebSocketTransportRegistration(), new SimpleAsyncTaskScheduler());
		this.refusals = refusals;
	}

	@Override
	public StompWebSocketEndpointRegistration addEndpoint(String... paths) {
		for (String path : paths) {
			if (!path.equals(PATH)) {
				throw this.refusals.of("the endpoint " + path, "the endpoint is " + PATH,
						"Use addEndpoint(\"" + PATH + "\"), or remove the call.");
			}
		}
		return new OnlyEndpoint();
	}

	@Override
	public WebMvcStompEndpointRegistry setErrorHandler(StompSubProtocolErrorHandler errorHandler) {
		throw this.refusals.of("a StompSubProtocolErrorHandler", "ERROR frames are the gateway's",
				"Throw AccessDeniedException from an interceptor for forbidden; any other exception is internal_error.");
	}

	/** It is always so. */
	@Override
	public WebMvcStompEndpointRegistry setPreserveReceiveOrder(boolean preserveReceiveOrder) {
		return this;
	}

	private final class OnlyEndpoint implements StompWebSocketEndpointRegistration {

		@Override
		public SockJsServiceRegistration withSockJS() {
			throw StompEndpoints.this.refusals.of("SockJS", "the gateway speaks WebSocket alone",
					"Remove withSockJS(), and use a client of STOMP over WebSocket.");
		}

		@Override
		public StompWebSocketEndpointRegistration setHandshakeHandler(HandshakeHandler handshakeHandler) {
			throw StompEndpoints.this.refusals.of("a HandshakeHandler", "the handshake is the gateway's",
					"Set the user of a session in a ChannelInterceptor at CONNECT.");
		}

		@Override
		public StompWebSocketEndpointRegistration addInterceptors(HandshakeInterceptor... interceptors) {
			throw StompEndpoints.this.refusals.of("handshake interceptors for the endpoint", "they are found as beans",
					"Declare each HandshakeInterceptor as a bean.");
		}

		@Override
		public StompWebSocketEndpointRegistration setAllowedOrigins(String... origins) {
			throw originsRefused("setAllowedOrigins");
		}

		@Override
		public StompWebSocketEndpointRegistration setAllowedOriginPatterns(String... originPatterns) {
			throw originsRefused("setAllowedOriginPatterns");
		}

		private UnsupportedMessagingException originsRefused(String call) {
			return StompEndpoints.this.refusals.of(call, "which origins may connect is the operator's",
					"Remove the call and set usher.origins.");
		}

	}

}
