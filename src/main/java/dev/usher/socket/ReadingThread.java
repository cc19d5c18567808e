package dev.usher.socket;

/** Tells whether code of an extension runs on a thread that reads frames of clients. */
@FunctionalInterface
public interface ReadingThread {

	/** Whether this thread does, so that it must not wait for anything. */
	boolean isCurrent();

}
