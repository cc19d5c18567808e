package dev.usher.thread;

import java.util.List;

/** A part of the gateway that has threads to be watched. Beans of this type are found. */
@FunctionalInterface
public interface Workers {

	/** Those of now; the same thread is the same object each time. */
	List<Worker> workers();

}
