package dev.usher.token;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The roles that an issuer may give, and which of its words gives which. The one place
 * that decides it: what is not named here gives nothing.
 *
 * @param claim where its tokens have those words
 * @param map which roles each word gives, or null where a word is the role
 * @param allowed every role that it may give
 */
record GivenRoles(ClaimPath claim, @Nullable Map<String, Set<String>> map, Set<String> allowed) {

	/** What the user of a foreign issuer is whose token says nothing of roles. */
	private static final String USER = "user";

	/** Of our own tokens, which are not limited. */
	static final GivenRoles OWN = new GivenRoles(ClaimPath.ROLES, null, Set.of());

	/**
	 * The roles that a token gives.
	 * @param words of its claim, or null where it has none
	 */
	Set<String> of(@Nullable Collection<String> words) {
		Set<String> roles = new HashSet<>();
		if (this.map == null) {
			roles.addAll((words != null) ? words : List.of(USER));
		}
		else if (words != null) {
			for (String word : words) {
				roles.addAll(this.map.getOrDefault(word, Set.of()));
			}
		}
		return allowedOf(roles);
	}

	/** Those of the roles that it may give. */
	Set<String> allowedOf(Collection<String> roles) {
		Set<String> given = new HashSet<>(roles);
		given.retainAll(this.allowed);
		return Set.copyOf(given);
	}

}
