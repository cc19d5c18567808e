package dev.usher.access;

import java.util.List;

import dev.usher.protocol.Destination;

/**
 * What one caller may do: the rules for their roles joined with what their token grants.
 * Answers in the time it takes to walk a destination's segments, however many rules there
 * are. Immutable; any thread may ask.
 */
public final class Permissions {

	private final String caller;

	private final List<PatternTree> subscribe;

	private final List<PatternTree> publish;

	/** Methods that need a permission. */
	private final PatternTree namedMethods;

	Permissions(String caller, List<PatternTree> subscribe, List<PatternTree> publish, PatternTree namedMethods) {
		this.namedMethods = namedMethods;
		this.caller = caller;
		this.subscribe = List.copyOf(subscribe);
		this.publish = List.copyOf(publish);
	}

	/**
	 * Whether the caller may subscribe. One's own {@code /user/…} always, another user's
	 * never, whatever a rule says.
	 */
	public boolean maySubscribe(Destination destination) {
		if (destination.owner() != null) {
			return destination.owner().equals(this.caller);
		}
		return isOpen(destination) || anyMatches(this.subscribe, destination);
	}

	/** Whether the caller may publish. */
	public boolean mayPublish(Destination destination) {
		return isOpen(destination) || anyMatches(this.publish, destination);
	}

	/** A method of an extension is open to every caller, unless a rule names it. */
	private boolean isOpen(Destination destination) {
		return destination.application() && !this.namedMethods.matches(destination, this.caller);
	}

	private boolean anyMatches(List<PatternTree> trees, Destination destination) {
		for (PatternTree tree : trees) {
			if (tree.matches(destination, this.caller)) {
				return true;
			}
		}
		return false;
	}

}
