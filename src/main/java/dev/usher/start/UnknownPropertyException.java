package dev.usher.start;

import java.util.List;

/** Properties under {@code usher.} are set that nothing reads. */
class UnknownPropertyException extends RuntimeException {

	private final List<String> properties;

	UnknownPropertyException(List<String> properties) {
		super("Unknown properties: " + properties);
		this.properties = List.copyOf(properties);
	}

	/** Each with where it is set. */
	List<String> properties() {
		return this.properties;
	}

}
