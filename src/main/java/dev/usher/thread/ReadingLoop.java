package dev.usher.thread;

/**
 * Whatever reads a connection on one thread, and can have other work of that connection
 * run there too, between two reads.
 */
@FunctionalInterface
public interface ReadingLoop {

	/**
	 * Runs a task on the thread that reads, soon. Any thread may call; never blocks. One
	 * that comes when the loop has ended never runs: its connections are gone.
	 */
	void execute(Runnable task);

}
