package dev.usher.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for processes that must be told one, and may be stopped and started again on it.
 * They are below those that the system gives to whoever asks for any, and each process of
 * a test run has a range of its own: so nobody else takes one while it is free.
 */
public final class FreePort {

	private static final int LOWEST = 10_000;

	private static final int EACH = 5_000;

	private static final int RANGES = 4;

	private static final int FIRST = LOWEST + Math.floorMod(fork() - 1, RANGES) * EACH;

	/** Two builds on one machine begin in different places. */
	private static final AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt(EACH));

	private FreePort() {
	}

	/** Which process of the test run this is, as the build says. */
	private static int fork() {
		String digits = System.getProperty("test.fork", "").replace("fork", "");
		return (digits.isEmpty()) ? 1 : Integer.parseInt(digits);
	}

	/** One of loopback that nobody has, and that is not given again before long. */
	public static int next() {
		for (int i = 0; i < EACH; i++) {
			int port = FIRST + Math.floorMod(next.getAndIncrement(), EACH);
			if (isFree(port)) {
				return port;
			}
		}
		throw new AssertionError("no port is free from " + FIRST + " on");
	}

	private static boolean isFree(int port) {
		try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return probe.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
