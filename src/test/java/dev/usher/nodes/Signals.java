package dev.usher.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What the system can send to a process. */
final class Signals {

	private Signals() {
	}

	static void send(String name, long pid) {
		try {
			int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start().waitFor();
			if (exit != 0) {
				throw new AssertionError("kill answered " + exit);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
