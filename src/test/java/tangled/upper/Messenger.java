package tangled.upper;

import tangled.lower.MessengerImpl;

public class Messenger {

	private final MessengerImpl below = new MessengerImpl(this);

	public MessengerImpl below() {
		return this.below;
	}

}
