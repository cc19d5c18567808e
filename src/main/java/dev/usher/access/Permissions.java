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
	 * and what is the gateway's never, whatever a rule says.
	 */
	public boolean maySubscribe(Destination destination) {
		return decide(Action.SUBSCRIBE, destination).allowed();
	}

	/** Whether the caller may publish; where the gateway alone does, never. */
	public boolean mayPublish(Destination destination) {
		return decide(Action.PUBLISH, destination).allowed();
	}

	/** Decides, and says what it is that decides. */
	public Verdict decide(Action action, Destination destination) {
		if (destination.application()) {
			// Open to every caller, unless a rule names it.
			boolean named = this.namedMethods.matches(destination, this.caller);
			return (named) ? find(trees(action), destination) : Verdict.METHOD;
		}
		if (action == Action.SUBSCRIBE && destination.owner() != null) {
			return destination.owner().equals(this.caller) ? Verdict.OWN : Verdict.OTHERS;
		}
		return destination.reserved() ? Verdict.RESERVED : find(trees(action), destination);
	}

	/** The patterns that count for an action, merged. */
	List<PatternTree> trees(Action action) {
		return (action == Action.SUBSCRIBE) ? this.subscribe : this.publish;
	}

	private Verdict find(List<PatternTree> trees, Destination destination) {
		for (PatternTree tree : trees) {
			Verdict found = tree.find(destination, this.caller);
			if (found != null) {
				return found;
			}
		}
		return Verdict.NOTHING;
	}

	String caller() {
		return this.caller;
	}

}
