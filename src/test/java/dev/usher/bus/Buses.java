package dev.usher.bus;

import java.util.Map;

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

}
