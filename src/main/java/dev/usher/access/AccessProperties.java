package dev.usher.access;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may subscribe and publish where, {@code usher.access[n]}. Nothing is allowed that
 * no rule allows.
 *
 * @param access the rules, none by default
 */
@ConfigurationProperties("usher")
public record AccessProperties(@Nullable List<Rule> access) {

	public AccessProperties {
		access = (access != null) ? List.copyOf(access) : List.of();
		for (int i = 0; i < access.size(); i++) {
			access.get(i).check("usher.access[" + i + "]");
		}
	}

	List<Rule> rules() {
		return (this.access != null) ? this.access : List.of();
	}

	/**
	 * Who may do what with the destinations of a pattern.
	 *
	 * @param destination a pattern: {@code *} one segment, {@code **} the rest,
	 * {@code {user}} the caller's own name
	 * @param subscribe the roles that may subscribe, {@code *} for any caller
	 * @param publish the roles that may publish, {@code *} for any caller
	 */
	public record Rule(@Nullable String destination, @Nullable List<String> subscribe, @Nullable List<String> publish) {

		public Rule {
			subscribe = (subscribe != null) ? List.copyOf(subscribe) : List.of();
			publish = (publish != null) ? List.copyOf(publish) : List.of();
		}

		private void check(String property) {
			if (this.destination == null) {
				throw new IllegalArgumentException(property + ".destination is missing");
			}
			try {
				PatternTree.check(this.destination);
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalArgumentException(property + ".destination: " + ex.getMessage(), ex);
			}
		}

		String pattern() {
			return (this.destination != null) ? this.destination : "";
		}

		Set<String> roles() {
			Set<String> roles = new HashSet<>(roles(Action.SUBSCRIBE));
			roles.addAll(roles(Action.PUBLISH));
			return roles;
		}

		boolean allows(Action action, String role) {
			return roles(action).contains(role);
		}

		List<String> roles(Action action) {
			List<String> roles = (action == Action.SUBSCRIBE) ? this.subscribe : this.publish;
			return (roles != null) ? roles : List.of();
		}

	}

}
