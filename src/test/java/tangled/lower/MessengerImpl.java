package tangled.lower;

import tangled.upper.Messenger;

import org.springframework.messaging.MessageChannel;

public class MessengerImpl {

	private final Messenger above;

	private MessageChannel channel;

	public MessengerImpl(Messenger above) {
		this.above = above;
	}

	public Messenger above() {
		return this.above;
	}

	public MessageChannel channel() {
		return this.channel;
	}

}
