package dev.usher.bus;

import java.util.Map;

import dev.usher.protocol.Destination;
import dev.usher.protocol.Message;

/** Buses for the tests of other packages. */
public final class Buses {

	private Buses() {
	}

	/** That of a gateway that is one process. */
	public static Bus inProcess() {
		return new InProcessBus();
	}

	/** One that nobody else is on, whose receivers are kept. */
	public static Bus keeping(Map<EntryKind, Bus.Receiver> receivers) {
		return new InProcessBus() {

			@Override
			public void receive(EntryKind kind, Receiver receiver) {
				receivers.put(kind, receiver);
			}

		};
	}

	/** One who hears a single destination and takes no message. */
	public static Bus.Listener hearing(Destination heard) {
		return new Bus.Listener() {

			@Override
			public int onMessage(Message message) {
				return 0;
			}

			@Override
			public boolean isHeard(Destination destination) {
				return destination.equals(heard);
			}

		};
	}

}
