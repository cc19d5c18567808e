package extension;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what one session asks for; there is one for each. */
public class Visits {

	private static final AtomicInteger destroyed = new AtomicInteger();

	private int count;

	public synchronized int next() {
		return ++this.count;
	}

	public void close() {
		destroyed.incrementAndGet();
	}

	/** How many ended with their sessions. */
	public static int destroyed() {
		return destroyed.get();
	}

}
