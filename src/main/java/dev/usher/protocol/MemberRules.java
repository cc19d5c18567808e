package dev.usher.protocol;

import java.util.Collection;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** Looks whether members of a request's body are there, and are what they must be. */
public final class MemberRules {

	private MemberRules() {
	}

	/**
	 * Looks that a member has a value.
	 * @param name the member as the client spells it
	 * @throws RefusedException {@link Reason#BAD_REQUEST} naming the member, if it is
	 * absent or null
	 */
	public static void required(String name, @Nullable Object value) {
		if (value == null) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"" + name + "\" is missing.");
		}
	}

	/**
	 * Looks that a list has strings alone. JSON's {@code null} can stand for any.
	 * @param name the member as the client spells it
	 * @param values its strings, or null where it is absent
	 * @throws RefusedException {@link Reason#BAD_REQUEST} naming the member, if one of
	 * them is null
	 */
	public static void strings(String name, @Nullable Collection<?> values) {
		if (values != null && values.stream().anyMatch(Objects::isNull)) {
			throw new RefusedException(Reason.BAD_REQUEST, "Member \"" + name + "\" must be a list of strings.");
		}
	}

}
