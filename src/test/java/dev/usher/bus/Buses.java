package dev.usher.bus;

/** Buses for the tests of other packages. */
public final class Buses {

	private Buses() {
	}

	/** That of a gateway that is one process. */
	public static Bus inProcess() {
		return new InProcessBus();
	}

}
