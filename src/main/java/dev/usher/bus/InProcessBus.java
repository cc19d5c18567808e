package dev.usher.bus;

import dev.usher.protocol.Message;

import org.springframework.stereotype.Component;

/**
 * The bus of a gateway that is one process.
 */
@Component
class InProcessBus implements Bus {

	private volatile Listener listener = (message) -> 0;

	@Override
	public int announce(Message message) {
		return this.listener.onMessage(message);
	}

	@Override
	public void listen(Listener listener) {
		this.listener = listener;
	}

}
