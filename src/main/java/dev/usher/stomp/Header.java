package dev.usher.stomp;

/**
 * One header of a frame, as it is before escaping and after unescaping. Names are
 * case-sensitive.
 *
 * @param name never empty
 * @param value may be empty
 */
public record Header(String name, String value) {

	public Header {
		if (name.isEmpty()) {
			throw new IllegalArgumentException("A header needs a name");
		}
	}

	/** The name alone: a value may be a credential. */
	@Override
	public String toString() {
		return this.name;
	}

}
