package dev.usher.protocol;

import org.jspecify.annotations.Nullable;

/** Looks that a member of a request's body is there. */
public final class RequiredMember {

	private RequiredMember() {
	}

	/**
	 * Called from the constructor of a request's record.
	 * @param name the member as the client spells it
	 * @throws RefusedException {@link Reason#BAD_REQUEST} naming the member, if it is
	 * absent or null
	 */
	public static void check(String name, @Nullable Object value) {
		if (value == null) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"" + name + "\" is missing.");
		}
	}

}
