package dev.usher.messaging;

import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;

/** Names the property of the gateway for each limit that Spring's transport has. */
final class TransportRegistration extends WebSocketTransportRegistration {

	private final ConfigurerRefusals refusals;

	TransportRegistration(ConfigurerRefusals refusals) {
		this.refusals = refusals;
	}

	@Override
	public WebSocketTransportRegistration setMessageSizeLimit(int messageSizeLimit) {
		throw refused("setMessageSizeLimit", "usher.frame.max");
	}

	@Override
	public WebSocketTransportRegistration setSendTimeLimit(int timeLimit) {
		throw refused("setSendTimeLimit", "usher.outbound.max-age");
	}

	@Override
	public WebSocketTransportRegistration setSendBufferSizeLimit(int sendBufferSizeLimit) {
		throw refused("setSendBufferSizeLimit", "usher.outbound.max-bytes");
	}

	@Override
	public WebSocketTransportRegistration setTimeToFirstMessage(int timeToFirstMessage) {
		throw refused("setTimeToFirstMessage", "usher.connect.timeout");
	}

	@Override
	public WebSocketTransportRegistration setDecoratorFactories(WebSocketHandlerDecoratorFactory... factories) {
		throw decoratorRefused();
	}

	@Override
	public WebSocketTransportRegistration addDecoratorFactory(WebSocketHandlerDecoratorFactory factory) {
		throw decoratorRefused();
	}

	private UnsupportedMessagingException refused(String call, String property) {
		return this.refusals.of(call, "this limit is the operator's", "Remove the call and set " + property + ".");
	}

	private UnsupportedMessagingException decoratorRefused() {
		return this.refusals.of("a decorator of the WebSocketHandler", "decorators are found as beans",
				"Declare each WebSocketHandlerDecoratorFactory as a bean.");
	}

}
